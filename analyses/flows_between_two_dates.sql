-- Who went where between two dates of the panel; put other dates and another set here.
with dates as (

    select
        cast('2017-09-30' as date) as opens_on,
        cast('2017-12-31' as date) as closes_on

),

opening as (

    select
        memberships.customer_id,
        memberships.primary_segment as segment_code
    from {{ ref('segments__memberships') }} as memberships
    inner join dates
        on memberships.as_of_date = dates.opens_on

),

closing as (

    select
        memberships.customer_id,
        memberships.primary_segment as segment_code
    from {{ ref('segments__memberships') }} as memberships
    inner join dates
        on memberships.as_of_date = dates.closes_on

)

select
    opening.segment_code as opening_code,
    closing.segment_code as closing_code,
    count(*) as customer_count
from opening
full outer join closing
    on opening.customer_id = closing.customer_id
group by opening.segment_code, closing.segment_code
order by count(*) desc, opening.segment_code asc, closing.segment_code asc
