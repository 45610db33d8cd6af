-- What was recorded for each release and date gives back as many customers as it had.
with changes as (

    select
        memberships.as_of_date,
        memberships.released_at,
        sum(
            case memberships.change_type
                when 'added' then 1
                when 'removed' then -1
                else 0
            end
        ) as customer_change
    from {{ ref('measurement__published_memberships') }} as memberships
    group by memberships.as_of_date, memberships.released_at

),

dates as (

    select
        releases.run_id,
        releases.released_at,
        dates.as_of_date,
        dates.customer_count,
        case
            when dates.as_of_date <> releases.as_of_date then dates.as_of_date
        end as said_of
    from {{ ref('measurement__published_dates') }} as dates
    inner join {{ ref('measurement__releases') }} as releases
        on dates.run_id = releases.run_id

),

totals as (

    select
        dates.run_id,
        dates.as_of_date,
        dates.customer_count,
        coalesce(sum(changes.customer_change), 0) as recorded_count
    from dates
    left join changes
        on
            dates.released_at >= changes.released_at
            and (
                dates.said_of = changes.as_of_date
                or (dates.said_of is null and changes.as_of_date is null)
            )
    group by dates.run_id, dates.as_of_date, dates.customer_count

)

select * from totals
where customer_count <> recorded_count
