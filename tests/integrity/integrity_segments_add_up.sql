{{ config(meta={'explains': true}) }}

{#- Segments hold every customer and every cent, and reach whom exports may contact. -#}
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

found as (

    select
        'revenue of orders' as counted,
        (
            select coalesce(sum(net_amount), 0)
            from latest_orders
            where version_rank = 1 and not is_deleted
        ) as expected,
        (
            select coalesce(sum(revenue + refunded_amount), 0)
            from {{ ref('int_segments__economics') }}
        ) as observed
    union all
    select
        'identified customers' as counted,
        (
            select count(*)
            from {{ ref('identity__customers') }}
            where is_identified
        ) as expected,
        (
            select coalesce(sum(customer_count), 0)
            from {{ ref('int_segments__economics') }}
            where segment_code <> 'anonymous'
        ) as observed
    union all
    select
        'rows of contact__reachability that may be contacted' as counted,
        (
            select count(*)
            from {{ ref('contact__reachability') }}
            where is_reachable
        ) as expected,
        (
            select coalesce(sum(reachable_count), 0)
            from {{ ref('int_segments__reach') }}
            where channel <> 'any'
        ) as observed
    union all
    select
        'customers whom a channel reaches' as counted,
        (
            select count(distinct customer_id)
            from {{ ref('contact__reachability') }}
            where is_reachable
        ) as expected,
        (
            select coalesce(sum(reachable_count), 0)
            from {{ ref('int_segments__reach') }}
            where channel = 'any'
        ) as observed

)

select
    'Segments hold ' || cast(observed as {{ dbt.type_string() }}) || ' of '
    || cast(expected as {{ dbt.type_string() }}) || ' ' || counted
    || '; the two must be equal.' as message
from found
where expected <> observed
