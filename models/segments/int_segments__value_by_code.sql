{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    What each segment spent before and after a past date: the value order that its
    definition declares must show in both. Later spend lies wholly after that date.
-#}
{%- set ninety_days_ago = segmentation.add_days(segmentation.as_of_date(), -90) %}

with dates as (

    select
        max(case when is_current then as_of_date end) as latest_date,
        max(
            case
                when as_of_date <= {{ ninety_days_ago }} then as_of_date
            end
        ) as past_date
    from {{ ref('features__as_of_dates') }}

),

spend as (

    select
        past.customer_id,
        past.revenue_90d as past_revenue,
        latest.revenue - past.revenue as later_revenue
    from {{ ref('features__customers') }} as past
    inner join dates
        on past.as_of_date = dates.past_date
    inner join {{ ref('features__customers') }} as latest
        on
            past.customer_id = latest.customer_id
            and dates.latest_date = latest.as_of_date

),

final as (

    select
        memberships.segment_set,
        memberships.segment_code,
        count(*) as customer_count,
        sum(coalesce(spend.past_revenue, 0)) as past_revenue,
        sum(coalesce(spend.later_revenue, 0)) as later_revenue,
        -- Exact sums, so that the spread does not depend on the order of rows.
        sum(cast(spend.past_revenue * spend.past_revenue as numeric(36, 4)))
            as past_squares,
        sum(cast(spend.later_revenue * spend.later_revenue as numeric(36, 4)))
            as later_squares
    from {{ ref('segments__memberships_long') }} as memberships
    inner join dates
        on memberships.as_of_date = dates.past_date
    inner join spend
        on memberships.customer_id = spend.customer_id
    group by memberships.segment_set, memberships.segment_code

)

select * from final
