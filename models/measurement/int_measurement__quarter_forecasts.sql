{{ config(
    schema=segmentation.segmentation_schema('restricted'), materialized='view'
) }}


with quarters as (

    {{ segmentation.forecast_quarter_rows(segmentation.forecast_quarters()) }}

),

-- Parameters that were trained on what came after judge nothing.
scored as (

    select
        quarters.*,
        value.customer_id,
        memberships.primary_segment,
        memberships.value_tier,
        value.value_version,
        value.probability_alive,
        value.order_probability_90d,
        value.first_order_probability_90d,
        value.expected_orders_90d,
        value.expected_orders_180d,
        value.expected_revenue_90d,
        value.expected_revenue_180d,
        versions.r + purchases.gap_count as order_shape,
        versions.order_value_p,
        versions.order_value_p * (purchases.gap_count + 1) + versions.order_value_q
            as value_shape
    from quarters
    inner join {{ ref('features__value') }} as value
        on quarters.as_of_date = value.as_of_date
    inner join {{ ref('segments__memberships') }} as memberships
        on
            value.customer_id = memberships.customer_id
            and value.as_of_date = memberships.as_of_date
    left join {{ ref('int_features__value_versions') }} as versions
        on value.as_of_date = versions.as_of_date
    left join {{ ref('int_features__purchases') }} as purchases
        on
            value.customer_id = purchases.customer_id
            and value.as_of_date = purchases.as_of_date
    where
        not value.is_in_sample
        and coalesce(value.order_probability_90d, value.first_order_probability_90d)
        is not null

),

carried as (

    select
        scored.*,
        -- While they stay, one day is as likely to bring an order as another.
        {{ segmentation.round_score(
            'case when order_probability_90d is null'
            ~ ' then 1 - power(1 - first_order_probability_90d, length)'
            ~ ' else probability_alive * (1 - power(greatest(1 - order_probability_90d'
            ~ ' / nullif(probability_alive, 0), 0e0), length)) end'
        ) }} as order_probability,
        {{ segmentation.round_score(
            'weight_90d * expected_orders_90d + weight_180d * expected_orders_180d'
        ) }} as expected_orders,
        cast({{ segmentation.round_score(
            'weight_90d * cast(expected_revenue_90d as double precision)'
            ~ ' + weight_180d * cast(expected_revenue_180d as double precision)'
        ) }} as numeric(18, 2)) as expected_revenue
    from scored

),

-- Orders of who stays are negative binomial; who leaves meanwhile is in the mean.
moments as (

    select
        carried.*,
        expected_orders + expected_orders * expected_orders * (1 + 1 / order_shape)
        / nullif(probability_alive, 0) as squared_orders,
        cast(expected_revenue as double precision) / nullif(expected_orders, 0)
            as order_value,
        (value_shape - 1) / greatest(value_shape - 2, 1) as value_spread
    from carried

),

spread as (

    select
        moments.*,
        {{ segmentation.round_score(
            'squared_orders - expected_orders * expected_orders'
        ) }} as orders_variance,
        {{ segmentation.round_score(
            'order_value * order_value * (value_spread * (expected_orders'
            ~ ' / order_value_p + squared_orders) - expected_orders * expected_orders)'
        ) }} as revenue_variance
    from moments

),

final as (

    select
        quarter,
        customer_id,
        primary_segment,
        value_tier,
        value_version,
        {{ segmentation.forecast_hash() }} as row_hash,
        order_probability,
        expected_orders,
        orders_variance,
        expected_revenue,
        revenue_variance,
        is_over,
        as_of_date,
        quarter_start_date,
        quarter_end_date,
        quarter_starts_at
    from spread

)

select * from final
