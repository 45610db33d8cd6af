{{ config(meta={'explains': true}) }}

{#- Months hold every order, every cent of marketing and every customer. -#}
with first_dates as (

    select
        min(as_of_date) as first_date,
        max(as_of_date) as last_date
    from {{ ref('features__as_of_dates') }}

),

latest_orders as (

    select
        orders.net_amount,
        {{ segmentation.local_date('orders.ordered_at') }} as order_date,
        coalesce(orders.is_deleted, false) as is_deleted,
        row_number() over (
            partition by orders.source_system, orders.order_id
            order by coalesce(orders.updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__orders') }} as orders

),

months as (

    select
        segment_set,
        sum(revenue_total) as revenue_total,
        sum(acquired_amount) as marketing_amount,
        sum(
            abs(
                opening_count - recoded_out_count + recoded_in_count - moved_out_count
                - gone_count + moved_in_count + new_count - closing_count
            )
        ) as bridge_count,
        sum(
            abs(
                opening_amount - recoded_out_amount + recoded_in_amount
                - moved_out_amount - gone_amount + moved_in_amount + new_amount
                + grown_amount - shrunk_amount - closing_amount
            )
        ) as bridge_amount
    from {{ ref('int_measurement__segment_months') }}
    group by segment_set

),

found as (

    select
        'revenue of orders since the panel began, before refunds' as counted,
        (
            select coalesce(sum(latest_orders.net_amount), 0)
            from latest_orders
            inner join first_dates
                on latest_orders.order_date > first_dates.first_date
            where latest_orders.version_rank = 1 and not latest_orders.is_deleted
        ) as expected,
        (
            select coalesce(sum(orders.revenue_amount + orders.refunded_amount), 0)
            from {{ ref('measurement__orders') }} as orders
        ) as observed
    union all
    select
        'revenue of months of set ' || months.segment_set as counted,
        (
            select coalesce(sum(orders.revenue_amount), 0)
            from {{ ref('measurement__orders') }} as orders
        ) as expected,
        months.revenue_total as observed
    from months
    union all
    select
        'marketing costs of set ' || months.segment_set as counted,
        (
            select coalesce(sum(costs.cost_amount), 0)
            from {{ ref('int_measurement__marketing_costs') }} as costs
            inner join first_dates
                on
                    costs.cost_date > first_dates.first_date
                    and costs.cost_date <= first_dates.last_date
        ) as expected,
        months.marketing_amount as observed
    from months
    union all
    select
        'customers that months of set ' || segment_set || ' lose' as counted,
        0 as expected,
        bridge_count as observed
    from months
    union all
    select
        'value that months of set ' || segment_set || ' lose' as counted,
        0 as expected,
        bridge_amount as observed
    from months

)

select
    'Found ' || cast(observed as {{ dbt.type_string() }}) || ' of '
    || cast(expected as {{ dbt.type_string() }}) || ' ' || counted
    || '; the two must be equal.' as message
from found
where expected <> observed
