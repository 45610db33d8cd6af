{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set visits = [
    'web_visit_count', 'app_visit_count', 'desktop_visit_count', 'mobile_visit_count',
    'tablet_visit_count', 'other_visit_count', 'session_count_30d', 'session_count_90d',
    'active_day_count_90d', 'page_count_90d', 'product_use_count_90d',
    'product_use_day_count_90d',
] -%}
{%- set contacts = [
    'message_sent_count', 'message_click_count', 'message_sent_count_90d',
    'message_open_count_90d', 'message_click_count_90d', 'support_ticket_count_365d',
    'open_support_ticket_count', 'satisfaction_count_365d',
    'social_interaction_count_365d', 'sentiment_count_365d',
] -%}
{%- set totals = ['satisfaction_total_365d', 'sentiment_total_365d'] -%}

with joined as (

    select
        population.customer_id,
        population.as_of_date,
        {% for name in visits %}
        coalesce(visits.{{ name }}, 0) as {{ name }},
        {% endfor %}
        {% for name in contacts + totals %}
        coalesce(contacts.{{ name }}, 0) as {{ name }},
        {% endfor %}
        population.is_profiled,
        visits.last_visit_date
    from {{ ref('int_features__population') }} as population
    left join {{ ref('int_features__visit_partials') }} as visits
        on
            population.customer_id = visits.customer_id
            and population.as_of_date = visits.as_of_date
    left join {{ ref('int_features__contact_partials') }} as contacts
        on
            population.customer_id = contacts.customer_id
            and population.as_of_date = contacts.as_of_date
    where not population.is_reference

),

running as (

    select
        customer_id,
        as_of_date,
        {% for name in visits + contacts %}
        cast(sum({{ name }}) over panel as bigint) as {{ name }},
        {% endfor %}
        {% for name in totals %}
        cast(sum({{ name }}) over panel as numeric(18, 6)) as {{ name }},
        {% endfor %}
        is_profiled,
        max(last_visit_date) over panel as last_visit_date
    from joined
    window panel as (
        partition by customer_id
        order by as_of_date asc
        rows between unbounded preceding and current row
    )

),

final as (

    select
        running.customer_id,
        running.as_of_date,
        {% for name in visits + contacts + totals %}
        running.{{ name }},
        {% endfor %}
        {% for channel in ['store', 'web', 'app', 'phone', 'other'] %}
        purchases.{{ channel }}_order_count,
        {% endfor %}
        usual_hours.usual_hour,
        running.is_profiled,
        running.last_visit_date
    from running
    inner join {{ ref('int_features__purchases') }} as purchases
        on
            running.customer_id = purchases.customer_id
            and running.as_of_date = purchases.as_of_date
    left join {{ ref('int_features__usual_hours') }} as usual_hours
        on
            running.customer_id = usual_hours.customer_id
            and running.as_of_date = usual_hours.as_of_date

)

select * from final
