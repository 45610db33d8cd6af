-- Customers of the as-of date: where they lie in a grid of cut-offs, their codes by the
-- rules as they stand, and those they would have if the varied conditions were met or
-- were not. Each point of the grid is a sum of these rows; features are read once.
-- `segment what-if` compiles this.
{%- set asked = var('segmentation_what_if', []) %}
{%- set rules = segmentation.varied_rules(asked) %}
{%- set primary = rules.get('primary') %}
{%- set sets = segmentation.segment_sets() %}
{%- set watched = (['primary'] + rules.keys() | list) | unique | list %}
{%- set features = (
    ['is_profiled', 'order_count', 'revenue_90d', 'expected_revenue_365d']
    + segmentation.rule_conditions() | map(attribute='feature')
    | reject('in', sets.keys() | list) | list
) | unique | list %}
{%- set carried = features
    + ['tier_number', 'behavior_cluster', 'psychographic_cluster'] %}
{%- set channels = var('segmentation_channels') | map(attribute='code') | list %}

with reach as (

    select
        customer_id,
        {% for channel in channels %}
        max(case when channel = '{{ channel }}' and is_reachable then 1 else 0 end)
            as {{ channel }}_reach,
        {% endfor %}
        count(*) as channel_count
    from {{ ref('contact__reachability') }}
    group by customer_id

),

customers as (

    select
        customers.customer_id,
        {% for name in features %}
        customers.{{ name }},
        {% endfor %}
        {% for channel in channels %}
        coalesce(reach.{{ channel }}_reach, 0) as {{ channel }}_reach,
        {% endfor %}
        scores.tier_number,
        behavior_clusters.segment_code as behavior_cluster,
        attitude_clusters.segment_code as psychographic_cluster
    from {{ ref('features__customers') }} as customers
    left join {{ ref('int_features__scores') }} as scores
        on
            customers.customer_id = scores.customer_id
            and customers.as_of_date = scores.as_of_date
    left join {{ ref('int_segments__behavior_clusters') }} as behavior_clusters
        on
            customers.customer_id = behavior_clusters.customer_id
            and customers.as_of_date = behavior_clusters.as_of_date
    left join {{ ref('int_segments__psychographic_clusters') }} as attitude_clusters
        on
            customers.customer_id = attitude_clusters.customer_id
            and customers.as_of_date = attitude_clusters.as_of_date
    left join reach
        on customers.customer_id = reach.customer_id
    where customers.as_of_date = {{ segmentation.as_of_date() }}

),

base_codes as (

    select
        customers.*,
        {{ segmentation.layer_codes() }}
    from customers

),

standing as (

    select
        base_codes.*,
        case
            when not is_profiled then 'otherwise'
            else {{ segmentation.assign_sql('primary', 'otherwise') }}
        end as primary_segment
    from base_codes

),

-- Met or not: whatever the cut-off, a customer gives one of two answers.
answers as (

    {% for truth in ['true', 'false'] %}
    {% for second in (['true', 'false'] if asked | length == 2 else ['true']) %}
    select
        {{ truth }} as is_met_1,
        {{ second }} as is_met_2
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

varied as (

    select
        {% for name in carried %}
        standing.{{ name }},
        {% endfor %}
        {% for channel in channels %}
        standing.{{ channel }}_reach,
        {% endfor %}
        {% for set_name in watched %}
        standing.{{ sets[set_name] }} as {{ set_name }}_standing,
        {% endfor %}
        {% for each in asked %}
        {{ segmentation.grid_place(
            'standing.' ~ each.feature, each.operator, each['values']
        ) }} as place_{{ loop.index }},
        {% endfor %}
        answers.is_met_1,
        answers.is_met_2
    from standing
    cross join answers

),

recoded as (

    select
        varied.*,
        {{ segmentation.layer_codes(rules) }}
    from varied

),

moved as (

    select
        recoded.*,
        case
            when not is_profiled then 'otherwise'
            else {{ segmentation.assign_sql('primary', 'otherwise', primary) }}
        end as primary_segment
    from recoded

),

final as (

    select
        is_met_1,
        is_met_2,
        {% for each in asked %}
        place_{{ loop.index }},
        {% endfor %}
        {% for set_name in watched %}
        {{ set_name }}_standing,
        {{ sets[set_name] }},
        {% endfor %}
        {% for channel in channels %}
        sum({{ channel }}_reach) as {{ channel }}_count,
        {% endfor %}
        sum(revenue_90d) as revenue_90d,
        sum(expected_revenue_365d) as expected_revenue_365d,
        count(*) as customer_count
    from moved
    group by
        {% for each in asked %}
        place_{{ loop.index }},
        {% endfor %}
        {% for set_name in watched %}
        {{ set_name }}_standing,
        {{ sets[set_name] }},
        {% endfor %}
        is_met_1,
        is_met_2

)

select * from final
