{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- Messages, tickets and social interactions, each with its own window. -#}
{%- set families = {
    'message': {
        'from': 'int_features__message_days',
        'dates': ['message_date', 'message_date'],
        'days': segmentation.feature_windows('messages')[0],
        'measures': {
            'message_sent_count': 'sent_count', 'message_open_count': 'open_count',
            'message_click_count': 'click_count',
        },
    },
    'service': {
        'from': 'int_features__ticket_movements',
        'dates': ['opened_date', 'effective_date'],
        'days': segmentation.feature_windows('tickets')[0],
        'measures': {
            'support_ticket_count': 'ticket_count',
            'open_support_ticket_count': 'open_ticket_count',
            'satisfaction_count': 'satisfaction_count',
            'satisfaction_total': 'satisfaction_total',
        },
    },
    'social': {
        'from': 'int_features__social_days',
        'dates': ['interaction_date', 'interaction_date'],
        'days': segmentation.feature_windows('social')[0],
        'measures': {
            'social_interaction_count': 'interaction_count',
            'sentiment_count': 'sentiment_count',
            'sentiment_total': 'sentiment_total',
        },
    },
} -%}
{%- set totals = [
    'message_sent_count', 'message_click_count', 'open_support_ticket_count',
] -%}

with movements as (

    {% for family in families.values() %}
    {% set listed = family.measures %}
    select
        source_system,
        source_customer_id,
        {{ family.days }} as window_days,
        {{ family.dates[0] }} as happened_date,
        {{ family.dates[1] }} as effective_date,
        {% for other in families.values() %}
        {% for name in other.measures %}
        {{ listed.get(name, 0) }} as {{ name }},
        {% endfor %}
        {% endfor %}
        {{ segmentation.days_between(family.dates[0], family.dates[1]) }} as days_late
    from {{ ref(family.from) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

steps as (

    select 0 as step_days
    union all
    select 90 as step_days
    union all
    select 365 as step_days

),

stepped as (

    select
        map.customer_id,
        movements.*,
        steps.step_days,
        case
            when steps.step_days = 0 then movements.effective_date
            {% for days in [90, 365] %}
            when steps.step_days = {{ days }}
                then {{ segmentation.add_days('movements.happened_date', days) }}
            {% endfor %}
        end as step_date
    from movements
    inner join {{ ref('int_features__touched_map') }} as map
        on
            movements.source_system = map.source_system
            and movements.source_customer_id = map.source_customer_id
    inner join steps
        on
            steps.step_days = 0
            or (
                movements.window_days = steps.step_days
                and movements.days_late < movements.window_days
            )

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
        {% for name in totals %}
        sum(case when step_days = 0 then {{ name }} else 0 end)
            as {{ name }},
        {% endfor %}
        {% for family in families.values() %}
        {% for name in family.measures if name != 'open_support_ticket_count' %}
        sum(
            case
                when step_days > 0 then -{{ name }}
                when days_late < window_days then {{ name }}
                else 0
            end
        ) as {{ name }}_{{ family.days }}d,
        {% endfor %}
        {% endfor %}
        as_of_date
    from dated
    group by customer_id, as_of_date

)

select * from final
