{{ config(schema=segmentation.segmentation_schema('internal')) }}

with compared as (

    select
        record_number,
        changed_in_run
    from {{ ref('int_identity__compared_records') }}

),

final as (

    select record_number
    from compared
    where {{ segmentation.changed_now() }}
    union all
    select touched.record_number
    from {{ ref('int_identity__touched_records') }} as touched
    left join compared on touched.record_number = compared.record_number
    where compared.record_number is null

)

select * from final
