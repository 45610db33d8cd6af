{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set sets = segmentation.segment_sets() -%}

with customers as (

    select
        layered.*,
        memberships.primary_segment
    from {{ ref('int_segments__layered_customers') }} as layered
    inner join {{ ref('segments__memberships') }} as memberships
        on
            layered.customer_id = memberships.customer_id
            and layered.as_of_date = memberships.as_of_date
    where
        layered.as_of_date = {{ segmentation.as_of_date() }}
        and layered.is_profiled

),

counted as (

    select
        {% for set_name in segmentation.rule_set_names() %}
        {% for rule in segmentation.rules_of(set_name) %}
        sum(
            case
                when
                    {{ segmentation.rule_sql(rule) }}
                    -- Where a cluster gives the code no rule is meant to.
                    {{ 'and ' ~ set_name ~ "_origin = 'rule'"
                        if set_name in segmentation.cluster_sets() }}
                    then 1
                else 0
            end
        )
            as passed_{{ set_name }}_{{ loop.index }},
        sum(case when {{ sets[set_name] }} = '{{ rule.code }}' then 1 else 0 end)
            as assigned_{{ set_name }}_{{ loop.index }},
        {% endfor %}
        {% endfor %}
        count(*) as customer_count
    from customers

),

final as (

    {% for set_name in segmentation.rule_set_names() %}
    {% set last_set = loop.last %}
    {% for rule in segmentation.rules_of(set_name) %}
    select
        cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set,
        cast('{{ rule.code }}' as {{ dbt.type_string() }}) as segment_code,
        cast(coalesce(passed_{{ set_name }}_{{ loop.index }}, 0) as bigint)
            as passed_count,
        cast(coalesce(assigned_{{ set_name }}_{{ loop.index }}, 0) as bigint)
            as assigned_count
    from counted
    {% if not (last_set and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

)

select * from final
