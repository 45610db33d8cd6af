{{ config(meta={'explains': true}) }}

{#- Segments hold every customer and every cent, and reach whom exports may contact. -#}
with found as (

    -- Customers in turn add up to orders: integrity_revenue_reconciles.
    select
        'revenue of customers' as counted,
        (
            select coalesce(sum(revenue), 0)
            from {{ ref('features__customers') }}
            where as_of_date = {{ segmentation.as_of_date() }}
        ) as expected,
        (
            select coalesce(sum(revenue), 0)
            from {{ ref('int_segments__economics') }}
        ) as observed
    union all
    -- What was loaded since the as-of date may identify more.
    select
        'identified customers' as counted,
        (
            select count(*)
            from {{ ref('identity__customers') }}
            where
                is_identified
                and {{ segmentation.local_date('identified_at') }}
                <= {{ segmentation.as_of_date() }}
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
