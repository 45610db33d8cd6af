{{ config(schema=segmentation.segmentation_schema('internal')) }}

with touched as (

    select
        source_system,
        source_customer_id
    from {{ ref('int_input__touched_records') }}
    union distinct
    select
        source_system,
        source_customer_id
    from {{ ref('int_identity__known_drops') }}
    where {{ segmentation.changed_now() }}

),

hashed as (

    select
        source_system,
        source_customer_id,
        {{ segmentation.customer_hash('source_system', 'source_customer_id') }}
            as own_customer_id
    from touched

),

final as (

    select
        source_system,
        source_customer_id,
        own_customer_id,
        {{ segmentation.hash_number('own_customer_id') }} as record_number
    from hashed

)

select * from final
