{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set gaps = [] %}
{%- for set_name in segmentation.rule_set_names() %}
{%- for rule in segmentation.rules_of(set_name) %}
{%- set number = loop.index %}
{%- for feature in segmentation.rule_blames(rule['when']) %}
{%- do gaps.append({
    'set': set_name, 'code': rule.code, 'feature': feature,
    'rule': set_name ~ '_' ~ number, 'assigned': set_name ~ '_code_' ~ number,
}) %}
{%- endfor %}
{%- endfor %}
{%- endfor %}

with customers as (

    select * from {{ ref('int_measurement__rule_truths') }}

),

-- Open, and not taken by an earlier rule of the set in any case.
counted as (

    select
        {% for gap in gaps %}
        {%- set is_open = gap.rule ~ ' is null and ' ~ gap.assigned ~ ' is null and '
            ~ gap.rule ~ '_' ~ gap.feature %}
        sum(case when {{ is_open }} then 1 else 0 end) as people_{{ loop.index }},
        sum(case when {{ is_open }} then at_stake_revenue else 0 end)
            as revenue_{{ loop.index }},
        {% endfor %}
        count(*) as profiled_customer_count
    from customers

),

gaps as (

    {% for gap in gaps %}
    select
        cast('{{ gap.set }}' as {{ dbt.type_string() }}) as segment_set,
        cast('{{ gap.code }}' as {{ dbt.type_string() }}) as segment_code,
        cast('{{ gap.feature }}' as {{ dbt.type_string() }}) as feature,
        cast('{{ segmentation.needs_text(gap.feature) }}' as {{ dbt.type_string() }})
            as needed_text,
        cast(people_{{ loop.index }} as bigint) as customer_count,
        cast(profiled_customer_count as bigint) as profiled_customer_count,
        cast(coalesce(revenue_{{ loop.index }}, 0) as numeric(18, 2))
            as at_stake_revenue
    from counted
    where people_{{ loop.index }} > 0
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        segment_set,
        segment_code,
        feature,
        needed_text,
        cast(
            row_number() over (
                order by
                    at_stake_revenue desc,
                    customer_count desc,
                    {{ segmentation.binary_order('segment_set') }} asc,
                    {{ segmentation.binary_order('segment_code') }} asc,
                    {{ segmentation.binary_order('feature') }} asc
            ) as bigint
        ) as gap_rank,
        customer_count,
        profiled_customer_count,
        at_stake_revenue,
        {{ segmentation.ratio('customer_count', 'profiled_customer_count') }}
            as customer_share
    from gaps

)

select * from final
