{{ segmentation.panel_config(dates='int_features__as_of_dates') }}

{%- set run = segmentation.run_to_continue() %}
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

{% set panel -%}
    partition by customer_id
    order by as_of_date asc
    rows between unbounded preceding and current row
{%- endset %}

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
    {{ segmentation.only_touched('population', run) }}

),

final as (

    select
        customer_id,
        as_of_date,
        {% for name in visits + contacts %}
        cast(sum({{ name }}) over ({{ panel }}) as bigint) as {{ name }},
        {% endfor %}
        {% for name in totals %}
        cast(sum({{ name }}) over ({{ panel }}) as numeric(18, 6)) as {{ name }},
        {% endfor %}
        is_profiled,
        max(last_visit_date) over ({{ panel }}) as last_visit_date
    from joined

)

select * from final
