{{ config(
    materialized='view', schema=segmentation.segmentation_schema('identity')
) }}

with blocks as (

    select blocks.*
    from {{ ref('int_identity__blocks') }} as blocks
    left join {{ ref('int_identity__crowded_blocks') }} as crowded
        on
            blocks.block_code = crowded.block_code
            and blocks.block_key = crowded.block_key
            and crowded.is_present
    where crowded.block_key is null

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
