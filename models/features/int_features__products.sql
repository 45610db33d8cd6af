{{ config(schema=segmentation.segmentation_schema('internal')) }}

with versions as (

    select
        source_system,
        product_id,
        coalesce(category, 'unknown') as category,
        coalesce(lower(brand) in ('private', 'private label', 'own'), false)
            as is_private_label,
        row_number() over (
            partition by source_system, product_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__products') }}

),

final as (

    select
        source_system,
        product_id,
        category,
        is_private_label
    from versions
    where version_rank = 1

)

select * from final
