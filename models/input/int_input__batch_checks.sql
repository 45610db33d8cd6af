{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set outcomes = [
    'kept', 'duplicate', 'corrected', 'excluded', 'quarantined', 'erased'
] -%}
{%- set key_problems = "('missing_value', 'too_long', 'conflicting_rows')" -%}

with delivered as (

    select * from {{ ref('int_input__delivered_days') }}

),

totals as (

    select
        entity,
        source_system,
        sum(row_count) as row_count,
        {% for outcome in outcomes %}
        sum(case when row_outcome = '{{ outcome }}' then row_count else 0 end)
            as {{ outcome }}_count,
        {% endfor %}
        sum(case when is_in_use then row_count else 0 end) as used_count,
        sum(case when is_in_use and is_dated then row_count else 0 end) as dated_count,
        sum(
            case when problem_reason in {{ key_problems }} then row_count else 0 end
        ) as key_problem_count
    from delivered
    group by entity, source_system

),

event_days as (

    select
        entity,
        source_system,
        event_date,
        lag(event_date) over (
            partition by entity, source_system
            order by event_date asc
        ) as previous_date
    from delivered
    where event_date <= {{ segmentation.as_of_date() }}
    group by entity, source_system, event_date

),

spans as (

    select
        entity,
        source_system,
        min(event_date) as first_event_date,
        max(event_date) as last_event_date,
        count(*) as event_day_count,
        max({{ segmentation.days_between('previous_date', 'event_date') }})
            as longest_gap_days
    from event_days
    group by entity, source_system

),

problems as (

    select
        entity,
        source_system,
        problem_column,
        problem_reason,
        row_number() over (
            partition by entity, source_system
            order by
                sum(row_count) desc,
                {{ segmentation.binary_order('problem_column') }} asc,
                {{ segmentation.binary_order('problem_reason') }} asc
        ) as problem_rank
    from delivered
    where row_outcome = 'quarantined'
    group by entity, source_system, problem_column, problem_reason

),

final as (

    select
        totals.entity,
        totals.source_system,
        problems.problem_column,
        problems.problem_reason,
        {% for name in ['row'] + outcomes + ['used', 'dated', 'key_problem'] %}
        cast(totals.{{ name }}_count as bigint) as {{ name }}_count,
        {% endfor %}
        cast(coalesce(spans.event_day_count, 0) as bigint) as event_day_count,
        spans.longest_gap_days,
        spans.first_event_date,
        spans.last_event_date
    from totals
    left join spans
        on
            totals.entity = spans.entity
            and totals.source_system = spans.source_system
    left join problems
        on
            totals.entity = problems.entity
            and totals.source_system = problems.source_system
            and problems.problem_rank = 1

)

select * from final
