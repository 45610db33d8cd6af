{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

{%- set rules = segmentation.survivorship_rules() %}
{%- set places = range(1, rules | length + 1) | list %}

with first_places as (

    select
        field,
        rule,
        min(rule_order) as rule_order
    from {{ ref('survivorship') }}
    where rule <> 'never'
    group by field, rule

),

places as (

    select
        field,
        rule,
        row_number() over (
            partition by field
            order by rule_order, {{ segmentation.binary_order('rule') }}
        ) as place
    from first_places

),

rules as (

    select
        {% for place in places %}
        max(case when place = {{ place }} then rule end) as rule_{{ place }},
        {% endfor %}
        field
    from places
    group by field

),

source_ranks as (

    select
        field,
        argument as source_system,
        min(rule_order) as source_rank
    from {{ ref('survivorship') }}
    where rule = 'source_priority'
    group by field, argument

),

measured as (

    select
        field_values.*,
        -- A source that no rule names comes after all that are named.
        coalesce(source_ranks.source_rank, 2147483647) as source_rank,
        length(field_values.value_key) as value_length,
        count(*) over (
            partition by
                field_values.customer_id, field_values.field, field_values.value_key
        ) as record_count,
        count(*) over (
            partition by
                field_values.customer_id,
                field_values.field,
                field_values.value_key,
                field_values.value
        ) as spelling_count,
        rank() over (
            partition by field_values.customer_id, field_values.field
            order by
                coalesce(field_values.stated_at, cast('1900-01-01' as timestamp)) desc
        ) as recency_rank
    from {{ ref('int_identity__field_values') }} as field_values
    left join source_ranks
        on
            field_values.field = source_ranks.field
            and field_values.source_system = source_ranks.source_system
    {{ segmentation.only_touched('field_values', run) }}
    where field_values.block_reason is null

),

final as (

    select
        {% for place in places %}
        rules.rule_{{ place }},
        case rules.rule_{{ place }}
            {% for rule, measure in rules.items() %}
            when '{{ rule }}' then {{ measure }}
            {% endfor %}
            else 0
        end as criterion_{{ place }},
        {% endfor %}
        measured.*
    from measured
    left join rules
        on measured.field = rules.field

)

select * from final
