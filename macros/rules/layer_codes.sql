{% macro layer_codes(rules={}) %}
    {#-
        The code of each base set, from features beside `tier_number` and the clusters:
        what assigns them, and what says where a change would lead.
    -#}
        case
            when not is_profiled then 'not_profiled'
            when order_count = 0 then 'no_orders'
            when tier_number is null then 'not_observed'
            {% for tier in var('segmentation_value_tiers') %}
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
            else {{ segmentation.assign_sql(
                set_name, 'not_observed', rules.get(set_name)
            ) }}
        end as {{ set_name }},
        {% endfor %}
        case
            when is_profiled and order_count > 0 and behavior_cluster is not null
                then 'cluster'
            else 'rule'
        end as behavior_origin,
        case
            when not is_profiled then 'not_profiled'
            else {{ segmentation.assign_sql(
                'demographic', 'not_observed', rules.get('demographic')
            ) }}
        end as demographic,
        -- Who does not answer is not observed, which is not the same as average.
        case
            when not is_profiled then 'not_profiled'
            when psychographic_cluster is not null then psychographic_cluster
            else {{ segmentation.assign_sql(
                'psychographic', 'not_observed', rules.get('psychographic')
            ) }}
        end as psychographic,
        case
            when is_profiled and psychographic_cluster is not null then 'cluster'
            else 'rule'
        end as psychographic_origin
{%- endmacro %}
