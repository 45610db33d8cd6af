{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

{%- set places = range(1, segmentation.survivorship_rules() | length + 1) | list %}
{%- set criteria = [] %}
{%- for place in places %}{% do criteria.append('criterion_' ~ place) %}{% endfor %}

with judged as (

    select judged_values.*
    from {{ ref('int_identity__judged_values') }} as judged_values
    {{ segmentation.only_touched('judged_values', run) }}

),

-- The record that speaks best for its value, and the one whose spelling is shown.
ranked as (

    select
        judged.*,
        row_number() over (
            partition by customer_id, field, value_key
            order by
                {{ criteria | join(', ') }},
                {{ segmentation.binary_order('source_system') }},
                {{ segmentation.binary_order('source_customer_id') }}
        ) as speaker_rank,
        row_number() over (
            partition by customer_id, field, value_key
            order by
                source_rank,
                spelling_count desc,
                recency_rank,
                {{ segmentation.binary_order('value') }},
                {{ segmentation.binary_order('source_system') }},
                {{ segmentation.binary_order('source_customer_id') }}
        ) as spelling_rank
    from judged

),

rivals as (

    select
        customer_id,
        field,
        value_key,
        max(case when spelling_rank = 1 then value end) as value,
        max(case when spelling_rank = 1 then source_system end) as source_system,
        max(case when spelling_rank = 1 then source_customer_id end)
            as source_customer_id,
        {% for place in places %}
        max(rule_{{ place }}) as rule_{{ place }},
        max(case when speaker_rank = 1 then criterion_{{ place }} end)
            as criterion_{{ place }},
        {% endfor %}
        max(record_count) as record_count,
        max(stated_at) as last_stated_at
    from ranked
    group by customer_id, field, value_key

),

-- The runner-up shares the longest row of ties with the winner.
compared as (

    select
        {% for criterion in criteria %}
        lead({{ criterion }}) over (
            partition by customer_id, field
            order by
                {{ criteria | join(', ') }},
                {{ segmentation.binary_order('value_key') }}
        ) as next_{{ criterion }},
        {% endfor %}
        row_number() over (
            partition by customer_id, field
            order by
                {{ criteria | join(', ') }},
                {{ segmentation.binary_order('value_key') }}
        ) as value_rank,
        count(*) over (partition by customer_id, field) as value_count,
        rivals.*
    from rivals

),

blocked as (

    select
        field_values.customer_id,
        field_values.field,
        min({{ segmentation.binary_order('field_values.block_reason') }})
            as block_reason,
        count(distinct field_values.value_key) as blocked_value_count
    from {{ ref('int_identity__field_values') }} as field_values
    {{ segmentation.only_touched('field_values', run) }}
    where field_values.block_reason is not null
    group by field_values.customer_id, field_values.field

),

winners as (

    select
        compared.*,
        case
            when value_count = 1 then 'only_value'
            {% for place in places %}
            when criterion_{{ place }} <> next_criterion_{{ place }}
                then rule_{{ place }}
            {% endfor %}
            else 'tie'
        end as decided_by
    from compared
    where value_rank = 1

),

final as (

    select
        coalesce(winners.customer_id, blocked.customer_id) as customer_id,
        coalesce(winners.field, blocked.field) as field,
        winners.value,
        winners.source_system,
        winners.source_customer_id,
        coalesce(winners.decided_by, 'nothing_usable') as decided_by,
        blocked.block_reason,
        coalesce(winners.record_count, 0) as record_count,
        coalesce(winners.value_count - 1, 0) as rival_value_count,
        coalesce(blocked.blocked_value_count, 0) as blocked_value_count,
        winners.last_stated_at
    from winners
    full outer join blocked
        on
            winners.customer_id = blocked.customer_id
            and winners.field = blocked.field

)

select * from final
