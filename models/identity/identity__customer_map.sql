{{ segmentation.state_config(
    'identity', touched='int_identity__touched_records', is_wider=true
) }}
{{ config(
    contract={'enforced': true},
    indexes=segmentation.server_indexes(['source_system', 'source_customer_id'])
) }}

{%- set run = segmentation.run_to_continue() %}

with records as (

    select * from {{ ref('int_identity__records') }}

),

-- A contested component is made of clusters, any other is whole. A record without an
-- edge is a component of its own.
linked as (

    select
        records.own_customer_id,
        first_value(records.own_customer_id) over (
            partition by components.label, clusters.cluster
            order by
                coalesce(records.first_seen_at, cast('9999-12-31' as timestamp)) asc,
                {{ segmentation.binary_order('records.source_system') }} asc,
                {{ segmentation.binary_order('records.source_customer_id') }} asc
        ) as customer_id
    from {{ ref('int_identity__components') }} as components
    inner join records on components.node = records.record_number
    left join {{ ref('int_identity__clusters') }} as clusters
        on components.node = clusters.node

),

{% if run %}
changed as (

    select linked.own_customer_id
    from linked
    left join {{ this }} as known on linked.own_customer_id = known.own_customer_id
    where linked.customer_id <> coalesce(known.customer_id, '')
    union distinct
    select known.own_customer_id
    from {{ this }} as known
    left join linked on known.own_customer_id = linked.own_customer_id
    where not known.is_anchor and linked.own_customer_id is null
    union distinct
    select own_customer_id
    from {{ ref('int_identity__touched_records') }}

),
{% endif %}

ranked as (

    select
        records.*,
        coalesce(linked.customer_id, records.own_customer_id) as customer_id
    from records
    {% if run %}
    inner join changed on records.own_customer_id = changed.own_customer_id
    {% endif %}
    left join linked on records.own_customer_id = linked.own_customer_id

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
