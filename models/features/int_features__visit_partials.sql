{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    A day enters its windows on the day itself and leaves each of them a fixed number
    of days later, as orders do in int_features__purchase_partials.
-#}
{%- set windows = segmentation.feature_windows('visits') -%}
{%- set totals = [
    'web_visit_count', 'app_visit_count', 'desktop_visit_count', 'mobile_visit_count',
    'tablet_visit_count', 'other_visit_count',
] -%}
{%- set windowed = {
    'session_count': [30, 90],
    'active_day_count': [90],
    'page_count': [90],
    'product_use_count': [90],
    'product_use_day_count': [90],
} -%}

{#- A customer's day is one, however many of their records were active on it. -#}
with days as (

    select
        map.customer_id,
        event_days.event_date,
        {% for name in totals + ['page_count', 'product_use_count'] %}
        sum(event_days.{{ name }}) as {{ name }},
        {% endfor %}
        sum(event_days.web_visit_count + event_days.app_visit_count) as session_count
    from {{ ref('int_features__event_days') }} as event_days
    inner join {{ ref('int_features__touched_map') }} as map
        on
            event_days.source_system = map.source_system
            and event_days.source_customer_id = map.source_customer_id
    group by map.customer_id, event_days.event_date

),

marked as (

    select
        days.*,
        case when session_count > 0 then 1 else 0 end as active_day_count,
        case when product_use_count > 0 then 1 else 0 end as product_use_day_count
    from days

),

steps as (

    select 0 as step_days
    {% for days in windows %}
    union all
    select {{ days }} as step_days
    {% endfor %}

),

stepped as (

    select
        marked.*,
        steps.step_days,
        case
            when steps.step_days = 0 then marked.event_date
            {% for days in windows %}
            when steps.step_days = {{ days }}
                then {{ segmentation.add_days('marked.event_date', days) }}
            {% endfor %}
        end as step_date
    from marked
    cross join steps

),

step_dates as (

    select distinct step_date from stepped

),

buckets as (

    select
        step_dates.step_date,
        min(dates.as_of_date) as as_of_date
    from step_dates
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on step_dates.step_date <= dates.as_of_date
    group by step_dates.step_date

),

starts as (

    select * from {{ ref('int_features__panel_starts') }}

),

-- What somebody did before they were known counts from the first date they are.
dated as (

    select
        stepped.*,
        greatest(buckets.as_of_date, starts.first_reference_date) as as_of_date
    from stepped
    inner join buckets
        on stepped.step_date = buckets.step_date
    inner join starts
        on stepped.customer_id = starts.customer_id

),

final as (

    select
        customer_id,
        max(
            case
                when step_days = 0 and session_count > 0
                    then event_date
            end
        ) as last_visit_date,
        {% for name in totals %}
        sum(case when step_days = 0 then {{ name }} else 0 end)
            as {{ name }},
        {% endfor %}
        {% for name, lengths in windowed.items() %}
        {% for days in lengths %}
        sum(
            case
                when step_days = 0 then {{ name }}
                when step_days = {{ days }} then -{{ name }}
                else 0
            end
        ) as {{ name }}_{{ days }}d,
        {% endfor %}
        {% endfor %}
        as_of_date
    from dated
    group by customer_id, as_of_date

)

select * from final
