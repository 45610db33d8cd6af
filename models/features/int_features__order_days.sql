{{ config(schema=segmentation.segmentation_schema('internal')) }}

with order_days as (

    select
        map.customer_id,
        movements.order_date,
        min(movements.effective_date) as effective_date
    from {{ ref('int_features__purchase_movements') }} as movements
    inner join {{ ref('int_features__touched_map') }} as map
        on
            movements.source_system = map.source_system
            and movements.source_customer_id = map.source_customer_id
    where movements.is_placement
    group by map.customer_id, movements.order_date

),

effective_dates as (

    select distinct effective_date from order_days

),

buckets as (

    select
        effective_dates.effective_date,
        min(dates.as_of_date) as as_of_date
    from effective_dates
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on effective_dates.effective_date <= dates.as_of_date
    group by effective_dates.effective_date

),

final as (

    select
        order_days.customer_id,
        order_days.order_date,
        buckets.as_of_date,
        -- A version of July can move an order of May to another customer.
        max(buckets.as_of_date) over (
            partition by order_days.customer_id
            order by order_days.order_date asc
            rows between unbounded preceding and current row
        ) > buckets.as_of_date as is_overtaken
    from order_days
    inner join buckets
        on order_days.effective_date = buckets.effective_date

)

select * from final
