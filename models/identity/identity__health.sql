{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

{%- set measures = [
    'record_count', 'identified_record_count', 'customer_count',
    'identified_customer_count', 'records_per_identified_customer',
    'single_record_customer_share', 'largest_customer_record_count',
    'contested_component_count', 'largest_component_record_count',
    'exact_edge_count', 'rule_edge_count', 'probability_edge_count',
    'include_edge_count', 'dropped_identifier_count', 'blocked_identifier_count',
    'conflict_count', 'conflict_customer_count', 'lowest_density',
    'lowest_link_probability', 'review_pair_count', 'recall_found_pair_count',
    'recall_estimated_pair_count', 'recall_estimate',
] %}

with records as (

    select
        count(*) as record_count,
        count(case when is_identified then 1 end) as identified_record_count
    from {{ ref('identity__customer_map') }}

),

customers as (

    select
        count(*) as customer_count,
        count(case when is_identified then 1 end) as identified_customer_count,
        {{ segmentation.ratio(
            'sum(case when is_identified then record_count end)',
            'count(case when is_identified then 1 end)',
        ) }} as records_per_identified_customer,
        {{ segmentation.ratio(
            'count(case when is_identified and record_count = 1 then 1 end)',
            'count(case when is_identified then 1 end)',
        ) }} as single_record_customer_share,
        max(record_count) as largest_customer_record_count
    from {{ ref('identity__customers') }}

),

contested as (

    select count(distinct components.label) as contested_component_count
    from {{ ref('int_identity__contested_pairs') }} as pairs
    inner join {{ ref('int_identity__components') }} as components
        on pairs.node_a = components.node

),

component_sizes as (

    select count(*) as record_count
    from {{ ref('int_identity__components') }}
    group by label

),

-- A record without an edge is a component of its own, which the table leaves out.
largest_component as (

    select max(record_count) as largest_component_record_count
    from component_sizes

),

edges as (

    select
        count(case when is_exact and rule_code <> 'include' then 1 end)
            as exact_edge_count,
        count(case when not is_exact and rule_code <> 'probability' then 1 end)
            as rule_edge_count,
        count(case when rule_code = 'probability' then 1 end)
            as probability_edge_count,
        count(case when rule_code = 'include' then 1 end) as include_edge_count
    from {{ ref('int_identity__edges') }}

),

dropped as (

    select count(*) as dropped_identifier_count
    from {{ ref('identity__dropped_identifiers') }}

),

blocked as (

    select count(*) as blocked_identifier_count
    from {{ ref('int_identity__identifiers') }}
    where block_reason is not null

),

joined as (

    select
        coalesce(sum(conflict_count), 0) as conflict_count,
        count(case when conflict_count > 0 then 1 end) as conflict_customer_count,
        min(density) as lowest_density,
        min(weakest_link_probability) as lowest_link_probability
    from {{ ref('identity__customer_health') }}

),

review as (

    select count(*) as review_pair_count
    from {{ ref('identity__review_pairs') }}

),

recall as (

    select
        pair_count as recall_found_pair_count,
        estimated_pair_count as recall_estimated_pair_count,
        recall_estimate
    from {{ ref('int_identity__recaptured_pairs') }}

),

totals as (

    select
        records.*,
        customers.*,
        contested.*,
        largest_component.*,
        edges.*,
        dropped.*,
        blocked.*,
        joined.*,
        review.*,
        recall.*
    from records
    cross join customers
    cross join contested
    cross join largest_component
    cross join edges
    cross join dropped
    cross join blocked
    cross join joined
    cross join review
    cross join recall

),

final as (

    {% for measure in measures %}
    select
        '{{ measure }}' as measure_code,
        cast({{ measure }} as numeric(18, 9)) as measure_value
    from totals
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
