{{ segmentation.panel_config(dates='int_features__as_of_dates') }}

{%- set run = segmentation.run_to_continue() %}
{%- set sums = [
    'order_count', 'order_count_30d', 'order_count_90d', 'order_count_180d',
    'order_count_365d', 'weekend_order_count', 'online_order_count',
    'morning_order_count', 'afternoon_order_count', 'evening_order_count',
    'night_order_count', 'store_order_count', 'web_order_count', 'app_order_count',
    'phone_order_count', 'other_order_count', 'placed_count', 'margin_known_count',
] -%}
{%- set amounts = [
    'net_amount', 'net_amount_30d', 'net_amount_90d', 'net_amount_180d',
    'net_amount_365d', 'gross_amount', 'discount_amount', 'refunded_amount',
    'margin_amount',
] -%}

{% set panel -%}
    partition by customer_id
    order by as_of_date asc
    rows between unbounded preceding and current row
{%- endset %}

with joined as (

    select
        population.customer_id,
        population.as_of_date,
        partials.first_order_date,
        partials.last_order_date,
        partials.first_censored_date,
        partials.first_order_campaign,
        {% for name in sums + amounts %}
        coalesce(partials.{{ name }}, 0) as {{ name }},
        {% endfor %}
        coalesce(gaps.gap_count, 0) as gap_count,
        coalesce(gaps.gap_days, 0) as gap_days,
        coalesce(gaps.squared_gap_days, 0) as squared_gap_days
    from {{ ref('int_features__population') }} as population
    left join {{ ref('int_features__purchase_partials') }} as partials
        on
            population.customer_id = partials.customer_id
            and population.as_of_date = partials.as_of_date
    left join {{ ref('int_features__order_gap_partials') }} as gaps
        on
            population.customer_id = gaps.customer_id
            and population.as_of_date = gaps.as_of_date
    {{ segmentation.only_touched('population', run) }}

),

final as (

    select
        customer_id,
        as_of_date,
        min(first_order_date) over ({{ panel }}) as first_order_date,
        max(last_order_date) over ({{ panel }}) as last_order_date,
        min(first_censored_date) over ({{ panel }}) as first_censored_date,
        min({{ segmentation.binary_order('first_order_campaign') }}) over ({{ panel }})
            as first_order_campaign,
        {% for name in sums %}
        cast(sum({{ name }}) over ({{ panel }}) as bigint) as {{ name }},
        {% endfor %}
        {% for name in amounts %}
        cast(sum({{ name }}) over ({{ panel }}) as numeric(18, 2)) as {{ name }},
        {% endfor %}
        cast(sum(gap_count) over ({{ panel }}) as bigint) as gap_count,
        cast(sum(gap_days) over ({{ panel }}) as bigint) as gap_days,
        cast(sum(squared_gap_days) over ({{ panel }}) as bigint) as squared_gap_days
    from joined

)

select * from final
