{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    The categories that segments are compared by, those of most spend since the past
    date.
-#}
with dates as (

    {{ segmentation.outcome_dates() }}

),

later as (

    select
        months.category,
        sum(months.net_amount) as net_amount
    from {{ ref('int_features__category_months') }} as months
    inner join dates
        on months.bought_month > dates.past_date
    where months.category <> 'unknown'
    group by months.category

),

ranked as (

    select
        category,
        net_amount,
        row_number() over (
            order by net_amount desc, {{ segmentation.binary_order('category') }} asc
        ) as category_rank
    from later
    where net_amount > 0

),

final as (

    select
        category_rank,
        category,
        net_amount
    from ranked
    where category_rank <= {{ segmentation.leading_category_ranks() | length }}

)

select * from final
