{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    A day that is seen late parts a gap that was counted before. The few customers with
    such a day are counted at every panel date, all others once.
-#}
{%- set gap_days = segmentation.days_between('previous_order_date', 'order_date') -%}

{% set earlier = 'partition by customer_id order by as_of_date asc' %}

with order_days as (

    select * from {{ ref('int_features__order_days') }}

),

overtaken_customers as (

    select distinct customer_id
    from order_days
    where is_overtaken

),

previous_days as (

    select
        order_days.customer_id,
        order_days.as_of_date,
        order_days.order_date,
        lag(order_days.order_date) over (
            partition by order_days.customer_id
            order by order_days.order_date asc
        ) as previous_order_date
    from order_days
    left join overtaken_customers
        on order_days.customer_id = overtaken_customers.customer_id
    where overtaken_customers.customer_id is null

),

previous_days_by_date as (

    select
        order_days.customer_id,
        dates.as_of_date,
        order_days.order_date,
        lag(order_days.order_date) over (
            partition by order_days.customer_id, dates.as_of_date
            order by order_days.order_date asc
        ) as previous_order_date
    from order_days
    inner join overtaken_customers
        on order_days.customer_id = overtaken_customers.customer_id
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on order_days.as_of_date <= dates.as_of_date

),

{% for name in ['previous_days', 'previous_days_by_date'] %}
gaps_of_{{ name }} as (

    select
        customer_id,
        as_of_date,
        count(*) as gap_count,
        sum({{ gap_days }}) as gap_days,
        sum({{ gap_days }} * {{ gap_days }}) as squared_gap_days
    from {{ name }}
    where previous_order_date is not null
    group by customer_id, as_of_date

),

{% endfor %}
final as (

    select
        customer_id,
        as_of_date,
        gap_count,
        gap_days,
        squared_gap_days
    from gaps_of_previous_days
    union all
    select
        customer_id,
        as_of_date,
        gap_count - coalesce(lag(gap_count) over ({{ earlier }}), 0) as gap_count,
        gap_days - coalesce(lag(gap_days) over ({{ earlier }}), 0) as gap_days,
        squared_gap_days - coalesce(lag(squared_gap_days) over ({{ earlier }}), 0)
            as squared_gap_days
    from gaps_of_previous_days_by_date

)

select * from final
