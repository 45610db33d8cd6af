{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set forgone_share = var('segmentation_forgone_first_orders') -%}

{% set upwards -%}
    order by probability asc
    rows between unbounded preceding and current row
{%- endset %}

with dates as (

    {{ segmentation.outcome_dates() }}

),

-- What was forecast then by a version that did not know what followed, and what did.
past as (

    select
        forecast.first_order_probability_90d as probability,
        case
            when latest.first_order_date
                <= {{ segmentation.add_days('forecast.as_of_date', 90) }} then 1
            else 0
        end as ordered
    from {{ ref('features__customers') }} as forecast
    inner join dates on forecast.as_of_date = dates.past_date
    inner join {{ ref('features__customers') }} as latest
        on
            forecast.customer_id = latest.customer_id
            and dates.latest_date = latest.as_of_date
    where
        forecast.customer_type = 'prospect'
        and not forecast.is_in_sample
        and forecast.first_order_probability_90d is not null

),

probabilities as (

    select
        probability,
        count(*) as prospect_count,
        sum(ordered) as order_count
    from past
    group by probability

),

running as (

    select
        probability,
        sum(prospect_count) over ({{ upwards }}) as prospects_to_here,
        sum(order_count) over ({{ upwards }}) as orders_to_here,
        sum(prospect_count) over () as prospect_count,
        sum(order_count) over () as order_count
    from probabilities

),

-- The first probability with which too many first orders would be forgone. One order
-- has to be less than the share: else chance alone would draw the line.
chosen as (

    select
        max(prospect_count) as past_prospect_count,
        max(order_count) as past_order_count,
        min(
            case
                when
                    orders_to_here > {{ forgone_share }} * order_count
                    and {{ forgone_share }} * order_count >= 1
                    then probability
            end
        ) as probability_cutoff
    from running

),

below as (

    select
        count(*) as below_prospect_count,
        coalesce(sum(past.ordered), 0) as below_order_count
    from past
    inner join chosen on past.probability < chosen.probability_cutoff

),

final as (

    select
        dates.past_date,
        chosen.probability_cutoff,
        coalesce(chosen.past_prospect_count, 0) as past_prospect_count,
        coalesce(chosen.past_order_count, 0) as past_order_count,
        below.below_prospect_count,
        below.below_order_count
    from dates
    cross join chosen
    cross join below

)

select * from final
