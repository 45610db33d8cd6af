{{ segmentation.panel_row_config('internal') }}

{%- set run = segmentation.run_to_continue() %}
{%- set tiers = var('segmentation_value_tiers') -%}

with touched_customers as (

    select customers.*
    from {{ ref('features__customers') }} as customers
    {{ segmentation.only_touched('customers', run) }}

),

customers as (

    select
        touched_customers.*,
        scores.tier_number,
        clusters.segment_code as behavior_cluster
    from touched_customers
    left join {{ ref('int_features__scores') }} as scores
        on
            touched_customers.customer_id = scores.customer_id
            and touched_customers.as_of_date = scores.as_of_date
    left join {{ ref('int_segments__behavior_clusters') }} as clusters
        on
            touched_customers.customer_id = clusters.customer_id
            and touched_customers.as_of_date = clusters.as_of_date

),

final as (

    select
        customer_id,
        as_of_date,
        case
            when not is_profiled then 'not_profiled'
            when order_count = 0 then 'no_orders'
            when tier_number is null then 'not_observed'
            {% for tier in tiers %}
            when tier_number = {{ loop.index }} then '{{ tier.code }}'
            {% endfor %}
            else 'dormant'
        end as value_tier,
        {% for set_name in ['rfm', 'lifecycle', 'behavior'] %}
        case
            when not is_profiled then 'not_profiled'
            when order_count = 0 then 'no_orders'
            {% if set_name == 'behavior' %}
            when behavior_cluster is not null then behavior_cluster
            {% endif %}
            else {{ segmentation.assign_sql(set_name, 'not_observed') }}
        end as {{ set_name }},
        {% endfor %}
        case
            when is_profiled and order_count > 0 and behavior_cluster is not null
                then 'cluster'
            else 'rule'
        end as behavior_origin,
        case
            when not is_profiled then 'not_profiled'
            else {{ segmentation.assign_sql('demographic', 'not_observed') }}
        end as demographic,
        -- Who does not answer is not observed, which is not the same as average.
        case
            when not is_profiled then 'not_profiled'
            else {{ segmentation.assign_sql('psychographic', 'not_observed') }}
        end as psychographic
    from customers

)

select * from final
