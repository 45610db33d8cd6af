{{ config(meta={'explains': true}) }}

{#- Every cent of every order that stands belongs to exactly one customer. -#}
with latest_orders as (

    select
        net_amount,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, order_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__orders') }}

),

ordered as (

    select coalesce(sum(net_amount), 0) as amount
    from latest_orders
    where version_rank = 1 and not is_deleted

),

by_customer as (

    select coalesce(sum(customers.revenue + customers.refunded_amount), 0) as amount
    from {{ ref('features__customers') }} as customers
    inner join {{ ref('features__as_of_dates') }} as dates
        on customers.as_of_date = dates.as_of_date
    where dates.is_current

)

select
    'Orders sum to ' || cast(ordered.amount as {{ dbt.type_string() }})
    || ' and customers to ' || cast(by_customer.amount as {{ dbt.type_string() }})
    || ' before refunds; the two must be equal to the cent.' as message
from ordered
cross join by_customer
where ordered.amount <> by_customer.amount
