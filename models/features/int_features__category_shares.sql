{{ config(schema=segmentation.segmentation_schema('internal')) }}

with dates as (

    select as_of_date
    from {{ ref('features__as_of_dates') }}

),

months as (

    select
        bought_month,
        category,
        sum(net_amount) as net_amount
    from {{ ref('int_features__category_months') }}
    group by bought_month, category

),

-- Who objects is no part of the comparison.
objecting as (

    select
        population.as_of_date,
        months.category,
        sum(months.net_amount) as net_amount
    from {{ ref('int_features__population') }} as population
    inner join {{ ref('int_features__category_months') }} as months
        on
            population.customer_id = months.customer_id
            and population.as_of_date >= months.bought_month
    where not population.is_profiled and not population.is_reference
    group by population.as_of_date, months.category

),

everybody as (

    select
        dates.as_of_date,
        months.category,
        sum(months.net_amount) as net_amount
    from dates
    inner join months
        on dates.as_of_date >= months.bought_month
    group by dates.as_of_date, months.category

),

profiled as (

    select
        everybody.as_of_date,
        everybody.category,
        greatest(everybody.net_amount - coalesce(objecting.net_amount, 0), 0)
            as net_amount
    from everybody
    left join objecting
        on
            everybody.as_of_date = objecting.as_of_date
            and everybody.category = objecting.category

),

totals as (

    select
        as_of_date,
        sum(net_amount) as net_amount
    from profiled
    group by as_of_date

),

final as (

    select
        profiled.as_of_date,
        profiled.category,
        -- At least 1: what hardly anybody buys is no liking without end.
        cast(
            greatest(
                {{ segmentation.rounded_ratio(
                    '1000 * profiled.net_amount', 'totals.net_amount'
                ) }},
                1
            ) as bigint
        ) as share_thousandths
    from profiled
    inner join totals
        on profiled.as_of_date = totals.as_of_date
    where totals.net_amount > 0

)

select * from final
