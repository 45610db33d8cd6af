{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    Exact totals of each primary segment, and of customers who are not identified, so
    that they add up to all orders.
-#}
with customers as (

    select
        customers.*,
        case
            when customers.customer_type = 'anonymous' then 'anonymous'
            else memberships.primary_segment
        end as primary_segment,
        memberships.value_tier
    from {{ ref('features__customers') }} as customers
    left join {{ ref('segments__memberships') }} as memberships
        on
            customers.customer_id = memberships.customer_id
            and customers.as_of_date = memberships.as_of_date
    where customers.as_of_date = {{ segmentation.as_of_date() }}

),

now as (

    select
        primary_segment as segment_code,
        count(*) as customer_count,
        sum(case when is_profiled then 1 else 0 end) as profiled_count,
        sum(case when customer_type = 'buyer' then 1 else 0 end) as buyer_count,
        sum(case when order_count_90d > 0 then 1 else 0 end) as ordering_count,
        sum(revenue) as revenue,
        sum(revenue_90d) as revenue_90d,
        max(revenue_90d) as largest_revenue_90d,
        sum(case when margin_amount is not null then revenue end) as margin_revenue,
        sum(margin_amount) as margin_amount,
        count(expected_revenue_365d) as expected_count,
        sum(cast(expected_revenue_365d as numeric(30, 9))) as expected_revenue_365d,
        max(expected_revenue_365d) as largest_expected_revenue,
        count(order_probability_90d) as probability_count,
        sum(cast(order_probability_90d as numeric(30, 9))) as order_probability_90d,
        count(acquisition_cost_amount) as acquired_count,
        sum(acquisition_cost_amount) as acquisition_cost_amount,
        max(acquisition_cost_amount) as largest_acquisition_cost
    from customers
    group by primary_segment

),

-- Who had the code then, whatever they have now.
past as (

    select
        primary_segment as segment_code,
        count(*) as past_count,
        sum(past_revenue) as past_revenue,
        max(past_revenue) as largest_past_revenue,
        sum(ordered) as kept_count
    from {{ ref('int_segments__outcomes') }}
    group by primary_segment

),

tiers as (

    select
        primary_segment as segment_code,
        {{ segmentation.service_tier('value_tier') }} as service_tier,
        count(*) as customer_count
    from customers
    where primary_segment <> 'anonymous'
    group by primary_segment, {{ segmentation.service_tier('value_tier') }}

),

most_common as (

    select
        segment_code,
        service_tier,
        row_number() over (
            partition by segment_code
            order by customer_count desc, service_tier asc
        ) as tier_rank
    from tiers

),

final as (

    select
        now.*,
        past.past_count,
        past.past_revenue,
        past.largest_past_revenue,
        past.kept_count,
        most_common.service_tier
    from now
    left join past
        on now.segment_code = past.segment_code
    left join most_common
        on
            now.segment_code = most_common.segment_code
            and most_common.tier_rank = 1

)

select * from final
