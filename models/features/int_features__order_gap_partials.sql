{{ config(schema=segmentation.segmentation_schema('internal')) }}

with order_days as (

    select
        map.customer_id,
        movements.order_date,
        min(movements.effective_date) as effective_date
    from {{ ref('int_features__purchase_movements') }} as movements
    inner join {{ ref('identity__customer_map') }} as map
        on
            movements.source_system = map.source_system
            and movements.source_customer_id = map.source_customer_id
    where movements.is_placement
    group by map.customer_id, movements.order_date

),

previous_days as (

    select
        customer_id,
        order_date,
        effective_date,
        lag(order_date) over (
            partition by customer_id
            order by order_date asc
        ) as previous_order_date
    from order_days

),

gaps as (

    select
        customer_id,
        effective_date,
        {{ segmentation.days_between('previous_order_date', 'order_date') }} as gap_days
    from previous_days
    where previous_order_date is not null

),

gap_dates as (

    select distinct effective_date from gaps

),

buckets as (

    select
        gap_dates.effective_date,
        min(dates.as_of_date) as as_of_date
    from gap_dates
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on gap_dates.effective_date <= dates.as_of_date
    group by gap_dates.effective_date

),

final as (

    select
        gaps.customer_id,
        buckets.as_of_date,
        count(*) as gap_count,
        sum(gaps.gap_days) as gap_days,
        sum(gaps.gap_days * gaps.gap_days) as squared_gap_days
    from gaps
    inner join buckets
        on gaps.effective_date = buckets.effective_date
    group by gaps.customer_id, buckets.as_of_date

)

select * from final
