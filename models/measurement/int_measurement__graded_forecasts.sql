{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set said = [
    'order_probability', 'expected_orders', 'orders_variance', 'expected_revenue',
    'revenue_variance',
] %}

with quarters as (

    {{ segmentation.forecast_quarter_rows(
        segmentation.forecast_quarters() | selectattr('is_over') | list
    ) }}

),

-- A forecast that was made once the quarter had begun is worth no more than a backtest.
sealed as (

    select
        forecasts.quarter,
        forecasts.customer_id as published_customer_id,
        coalesce(aliases.customer_id, forecasts.customer_id) as customer_id,
        case
            when forecasts.sealed_at < quarters.quarter_starts_at then 'sealed'
            else 'backtest'
        end as evidence,
        forecasts.primary_segment,
        forecasts.value_tier,
        {% for column in said %}
        forecasts.{{ column }},
        {% endfor %}
        forecasts.as_of_date,
        forecasts.sealed_at
    from {{ ref('measurement__forecasts') }} as forecasts
    inner join quarters
        on forecasts.quarter = quarters.quarter
    left join {{ ref('identity__aliases') }} as aliases
        on forecasts.customer_id = aliases.alias_customer_id
    where forecasts.customer_id is not null

),

made as (

    select * from sealed

    union all

    select
        quarter,
        customer_id as published_customer_id,
        customer_id,
        'backtest' as evidence,
        primary_segment,
        value_tier,
        {% for column in said %}
        {{ column }},
        {% endfor %}
        as_of_date,
        cast(null as timestamp) as sealed_at
    from {{ ref('int_measurement__quarter_forecasts') }}
    where
        is_over
        and quarter not in (
            select forecasts.quarter
            from {{ ref('measurement__forecasts') }} as forecasts
        )

),

ranked as (

    select
        made.*,
        row_number() over (
            partition by quarter, customer_id
            order by
                case when published_customer_id = customer_id then 0 else 1 end asc,
                {{ segmentation.binary_order('published_customer_id') }} asc
        ) as id_rank
    from made

),

-- Who was two customers ordered if either did, and brought what both did.
merged as (

    select
        quarter,
        customer_id,
        evidence,
        count(*) as forecast_count,
        max(case when id_rank = 1 then primary_segment end) as primary_segment,
        max(case when id_rank = 1 then value_tier end) as value_tier,
        case
            when count(*) = 1 then max(order_probability)
            else {{ segmentation.round_score(
                '1 - exp(cast(sum(cast(ln(greatest(1 - order_probability, 1e-9))'
                ~ ' as numeric(18, 9))) as double precision))'
            ) }}
        end as order_probability,
        {% for column in said if column != 'order_probability' %}
        cast(sum(cast({{ column }} as numeric(28, 9))) as double precision)
            as {{ column }},
        {% endfor %}
        min(as_of_date) as as_of_date,
        min(sealed_at) as sealed_at
    from ranked
    group by quarter, customer_id, evidence

),

-- Everybody of the day before, with what they did until the last one.
panel as (

    select
        quarters.quarter,
        value.customer_id,
        value.is_in_sample
    from quarters
    inner join {{ ref('features__value') }} as value
        on
            value.as_of_date
            = {{ segmentation.add_days('quarters.quarter_start_date', -1) }}

),

known as (

    select
        purchases.customer_id,
        purchases.as_of_date,
        -- Days with an order, as they are expected.
        case when purchases.tenure_days is null then 0 else purchases.gap_count + 1 end
            as order_count,
        purchases.net_amount as revenue
    from {{ ref('int_features__purchases') }} as purchases

),

outcomes as (

    select
        quarters.quarter,
        later.customer_id,
        later.order_count - coalesce(earlier.order_count, 0) as orders,
        later.revenue - coalesce(earlier.revenue, 0) as revenue
    from quarters
    inner join known as later
        on quarters.quarter_end_date = later.as_of_date
    left join known as earlier
        on
            later.customer_id = earlier.customer_id
            and earlier.as_of_date
            = {{ segmentation.add_days('quarters.quarter_start_date', -1) }}

),

final as (

    select
        coalesce(merged.quarter, panel.quarter) as quarter,
        coalesce(merged.customer_id, panel.customer_id) as customer_id,
        case
            when merged.customer_id is null and panel.is_in_sample then 'in_sample'
            when merged.customer_id is null then 'no_forecast'
            when outcomes.customer_id is null then 'gone'
            else 'graded'
        end as status,
        merged.evidence,
        merged.primary_segment,
        merged.value_tier,
        merged.forecast_count,
        {% for column in said %}
        merged.{{ column }},
        {% endfor %}
        case when outcomes.orders > 0 then 1 else 0 end as ordered,
        outcomes.orders,
        outcomes.revenue,
        merged.as_of_date,
        merged.sealed_at
    from merged
    full outer join panel
        on
            merged.quarter = panel.quarter
            and merged.customer_id = panel.customer_id
    left join outcomes
        on
            merged.quarter = outcomes.quarter
            and merged.customer_id = outcomes.customer_id

)

select * from final
