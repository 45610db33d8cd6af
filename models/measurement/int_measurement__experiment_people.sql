{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set days = var('segmentation_response_days') %}
with experiments as (

    select distinct experiment_code
    from {{ ref('int_measurement__experiment_designs') }}

),

started as (

    select
        source_system,
        campaign_id,
        min(started_at) as started_at
    from {{ ref('input__campaigns') }}
    group by source_system, campaign_id

),

begun as (

    select
        experiment_code,
        {{ segmentation.add_days('min(assigned_date)', 1) }} as first_day
    from {{ ref('activation__experiment_arms') }}
    group by experiment_code
    union all
    select
        exposures.source_system || '/' || exposures.campaign_id as experiment_code,
        {{ segmentation.local_date(
            'min(coalesce(exposures.assigned_at, started.started_at))'
        ) }} as first_day
    from {{ ref('input__campaign_exposures') }} as exposures
    left join started
        on
            exposures.source_system = started.source_system
            and exposures.campaign_id = started.campaign_id
    where exposures.arm is not null
    group by exposures.source_system, exposures.campaign_id

),

panel_start as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

-- Before the panel begins nobody has a segment, and orders are not kept.
recent as (

    select begun.experiment_code
    from begun
    inner join experiments
        on begun.experiment_code = experiments.experiment_code
    inner join panel_start
        on begun.first_day > panel_start.first_date

),

exposures as (

    select
        recent.experiment_code,
        map.customer_id,
        exposures.arm,
        {{ segmentation.local_date(
            'coalesce(exposures.assigned_at, started.started_at)'
        ) }} as assigned_date
    from {{ ref('input__campaign_exposures') }} as exposures
    inner join recent
        on
            exposures.source_system || '/' || exposures.campaign_id
            = recent.experiment_code
    inner join {{ ref('identity__customer_map') }} as map
        on
            exposures.source_system = map.source_system
            and exposures.source_customer_id = map.source_customer_id
    left join started
        on
            exposures.source_system = started.source_system
            and exposures.campaign_id = started.campaign_id
    where exposures.arm is not null

),

-- Own experiments draw in the night after the day: its orders came before.
drawn as (

    select
        arms.experiment_code,
        arms.customer_id,
        arms.arm,
        arms.assignment_count,
        arms.assigned_date,
        {{ segmentation.add_days('arms.assigned_date', 1) }} as first_day
    from {{ ref('activation__experiment_arms') }} as arms
    inner join recent
        on arms.experiment_code = recent.experiment_code
    union all
    select
        experiment_code,
        customer_id,
        case when min(arm) = max(arm) then min(arm) else 'several' end as arm,
        count(*) as assignment_count,
        min(assigned_date) as assigned_date,
        min(assigned_date) as first_day
    from exposures
    group by experiment_code, customer_id

),

people as (

    select
        drawn.*,
        {{ segmentation.add_days('drawn.first_day', days - 1) }} as last_day,
        -- As long before the assignment as it is since then.
        {{ segmentation.add_days(
            'drawn.first_day',
            '-1 - '
            ~ segmentation.days_between('drawn.first_day', segmentation.as_of_date())
        ) }} as past_day,
        spans.as_of_date as segment_date
    from drawn
    left join {{ ref('int_measurement__membership_spans') }} as spans
        on drawn.first_day between spans.first_day and spans.last_day
    where drawn.assigned_date <= {{ segmentation.as_of_date() }}

),

-- Where an order lies: 1 in the window, 2 after it, -1 in as many days before it.
placed as (

    select
        people.experiment_code,
        people.customer_id,
        case
            when orders.order_date > people.last_day then 2
            when orders.order_date >= people.first_day then 1
            when
                orders.order_date
                >= {{ segmentation.add_days('people.first_day', -days) }}
                then -1
            else -2
        end as period,
        orders.order_date >= people.past_day as is_as_long,
        case when orders.is_order then 1 else 0 end as order_count,
        coalesce(orders.revenue_amount, 0) as revenue_amount,
        coalesce(orders.margin_amount, 0) as margin_amount,
        case when orders.margin_amount is null then 1 else 0 end as unknown_margin_count
    from people
    inner join {{ ref('measurement__orders') }} as orders
        on
            people.customer_id = orders.customer_id
            and orders.order_date
            >= least(
                people.past_day,
                {{ segmentation.add_days('people.first_day', -days) }}
            )

),

bought as (

    select
        experiment_code,
        customer_id,
        {% for name in ['order_count', 'revenue_amount', 'margin_amount'] %}
        sum(case when period = 1 then {{ name }} else 0 end) as {{ name }},
        sum(case when period = -1 then {{ name }} else 0 end) as past_{{ name }},
        {% endfor %}
        sum(case when period > 0 then revenue_amount else 0 end) as value_amount,
        sum(case when period < 0 and is_as_long then revenue_amount else 0 end)
            as past_value_amount,
        max(case when period in (-1, 1) then unknown_margin_count else 0 end)
            as unknown_margin_count
    from placed
    group by experiment_code, customer_id

),

-- Without the margin of some orders, a difference of margins is one of sources.
margins as (

    select
        experiment_code,
        max(unknown_margin_count) = 0 as is_known
    from bought
    group by experiment_code

),

final as (

    select
        people.experiment_code,
        people.customer_id,
        people.arm,
        people.assignment_count,
        people.assigned_date,
        people.first_day,
        people.last_day,
        people.segment_date,
        coalesce(memberships.primary_segment, 'unassigned') as primary_segment,
        coalesce(memberships.value_tier, 'unassigned') as value_tier,
        coalesce(demographics.age_band, 'unknown') as age_band,
        coalesce(demographics.region, 'unknown') as region,
        {% for past in ['', 'past_'] %}
        case when {{ 'bought.' ~ past ~ 'order_count' }} > 0 then 1 else 0 end
            as {{ past }}ordered,
        coalesce({{ 'bought.' ~ past ~ 'order_count' }}, 0) as {{ past }}order_count,
        cast(coalesce({{ 'bought.' ~ past ~ 'revenue_amount' }}, 0) as numeric(18, 2))
            as {{ past }}revenue_amount,
        cast(
            case
                when margins.is_known
                    then coalesce({{ 'bought.' ~ past ~ 'margin_amount' }}, 0)
            end as numeric(18, 2)
        ) as {{ past }}margin_amount,
        cast(coalesce({{ 'bought.' ~ past ~ 'value_amount' }}, 0) as numeric(18, 2))
            as {{ past }}value_amount,
        {% endfor %}
        people.last_day <= {{ segmentation.as_of_date() }} as is_complete,
        people.arm <> 'several' and people.assignment_count = 1 as is_compared
    from people
    left join bought
        on
            people.experiment_code = bought.experiment_code
            and people.customer_id = bought.customer_id
    left join margins
        on people.experiment_code = margins.experiment_code
    left join {{ ref('segments__memberships') }} as memberships
        on
            people.customer_id = memberships.customer_id
            and people.segment_date = memberships.as_of_date
    left join {{ ref('features__demographics') }} as demographics
        on
            people.customer_id = demographics.customer_id
            and people.segment_date = demographics.as_of_date

)

select * from final
