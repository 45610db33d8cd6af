{{ config(schema=segmentation.segmentation_schema('internal')) }}

with contested as (

    select distinct components.label
    from {{ ref('int_identity__contested_pairs') }} as pairs
    inner join {{ ref('int_identity__components') }} as components
        on pairs.node_a = components.node

),

final as (

    select
        components.node,
        -- A label may be another one tomorrow.
        min(components.node) over (partition by components.label) as contest
    from {{ ref('int_identity__components') }} as components
    inner join contested on components.label = contested.label

)

select * from final
