{{ config(
    materialized='components', schema=segmentation.segmentation_schema('internal')
) }}

{#- Linkage that knew of the pair would take the two records for a person of their own,
    against whom everything else of both speaks. -#}
with overrides as (

    select
        overrides.decision,
        least(one.cluster, two.cluster) as node_a,
        greatest(one.cluster, two.cluster) as node_b
    from {{ ref('int_identity__overrides') }} as overrides
    inner join {{ ref('int_identity__linked_clusters') }} as one
        on overrides.node_a = one.node
    inner join {{ ref('int_identity__linked_clusters') }} as two
        on overrides.node_b = two.node

),

final as (

    select
        included.node_a,
        included.node_b
    from overrides as included
    left join overrides as excluded
        on
            excluded.decision = 'exclude'
            and included.node_a = excluded.node_a
            and included.node_b = excluded.node_b
    where
        included.decision = 'include'
        and included.node_a <> included.node_b
        and excluded.decision is null

)

select * from final
