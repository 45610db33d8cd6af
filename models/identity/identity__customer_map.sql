{{ config(
    schema=segmentation.segmentation_schema('identity'),
    contract={'enforced': true},
    indexes=segmentation.server_indexes(['source_system', 'source_customer_id'])
) }}

with records as (

    select
        records.*,
        components.label as component,
        clusters.cluster
    from {{ ref('int_identity__records') }} as records
    left join {{ ref('int_identity__components') }} as components
        on records.record_number = components.node
    left join {{ ref('int_identity__clusters') }} as clusters
        on records.record_number = clusters.node

),

-- A contested component is made of clusters, any other is whole. A record without an
-- edge is a component of its own, kept apart by its number.
ranked as (

    select
        source_system,
        source_customer_id,
        is_identified,
        identified_at,
        first_event_at,
        first_seen_at,
        first_value(own_customer_id) over (
            partition by
                component,
                coalesce(cluster, case when component is null then record_number end)
            order by
                coalesce(first_seen_at, cast('9999-12-31' as timestamp)) asc,
                {{ segmentation.binary_order('source_system') }} asc,
                {{ segmentation.binary_order('source_customer_id') }} asc
        ) as customer_id,
        own_customer_id
    from records

),

final as (

    select
        customer_id,
        source_system,
        source_customer_id,
        own_customer_id,
        own_customer_id = customer_id as is_anchor,
        is_identified,
        identified_at,
        first_event_at,
        first_seen_at
    from ranked

)

select * from final
