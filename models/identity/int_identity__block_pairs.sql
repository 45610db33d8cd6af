{{ config(
    materialized='view', schema=segmentation.segmentation_schema('identity')
) }}

with blocks as (

    select * from {{ ref('int_identity__blocks') }}

),

final as (

    select
        one.block_code,
        one.record_number as node_a,
        two.record_number as node_b
    from blocks as one
    inner join blocks as two
        on
            one.block_code = two.block_code
            and one.block_key = two.block_key
            and one.record_number < two.record_number

)

select * from final
