{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set tiers = var('segmentation_value_tiers') -%}

with tier_cuts as (

    select
        {% for tier in tiers %}
        max(
            case
                when cut_share = {{ (1 - tier.top_share) | round(4) }} then cut_value
            end
        ) as tier_{{ loop.index }},
        {% endfor %}
        as_of_date
    from {{ ref('int_features__cut_points') }}
    where measure = 'value_tier'
    group by as_of_date

),

customers as (

    select
        {% for tier in tiers %}
        tier_cuts.tier_{{ loop.index }},
        {% endfor %}
        customers.*
    from {{ ref('features__customers') }} as customers
    left join tier_cuts
        on customers.as_of_date = tier_cuts.as_of_date

),

final as (

    select
        customer_id,
        as_of_date,
        case
            when not is_profiled then 'not_profiled'
            when order_count = 0 then 'no_orders'
            when revenue_90d is null or tier_1 is null then 'not_observed'
            when revenue_90d <= 0 then 'dormant'
            -- Where two cuts coincide the higher tier is empty: merge downward.
            {% for tier in tiers %}
            when
                revenue_90d >= tier_{{ loop.index }}
                {{
                    '' if loop.last
                    else 'and tier_' ~ loop.index ~ ' > tier_' ~ (loop.index + 1)
                }}
                then '{{ tier.code }}'
            {% endfor %}
            else 'dormant'
        end as value_tier,
        {% for set_name in ['rfm', 'lifecycle', 'behavior'] %}
        case
            when not is_profiled then 'not_profiled'
            when order_count = 0 then 'no_orders'
            else {{ segmentation.assign_sql(set_name, 'not_observed') }}
        end as {{ set_name }},
        {% endfor %}
        'rule' as behavior_origin,
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
