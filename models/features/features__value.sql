{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with final as (

    select
        scores.customer_id,
        scores.as_of_date,
        norms.value_basis,
        scores.cut_basis,
        cast(scores.recency_score as bigint) as recency_score,
        cast(scores.frequency_score as bigint) as frequency_score,
        cast(scores.monetary_score as bigint) as monetary_score,
        cast(
            scores.recency_score + scores.frequency_score + scores.monetary_score
            as bigint
        ) as rfm_total,
        cast(
            floor((scores.frequency_score + scores.monetary_score + 1) / 2.0) as bigint
        ) as frequency_monetary_score,
        cast(scores.discount_score as bigint) as discount_score,
        cast(scores.basket_score as bigint) as basket_score,
        cast(scores.variety_score as bigint) as variety_score,
        cast(
            case
                when norms.value_basis = 'margin' then purchases.margin_amount
                else purchases.net_amount
            end as numeric(18, 2)
        ) as historical_value,
        scores.expected_gap_days,
        {{ segmentation.ratio(
            'purchases.days_since_last_order', 'scores.expected_gap_days'
        ) }} as overdue_ratio,
        versions.version as value_version,
        {% for column in [
            'probability_alive', 'order_probability_90d', 'expected_orders_90d',
            'expected_orders_180d', 'expected_orders_365d',
        ] %}
        {{ segmentation.round_score('expected.' ~ column) }} as {{ column }},
        {% endfor %}
        {% for days in [90, 180, 365] %}
        cast({{ segmentation.round_score(
            'expected.expected_orders_' ~ days ~ 'd * expected.expected_order_value'
        ) }} as numeric(18, 2)) as expected_revenue_{{ days }}d,
        {% endfor %}
        -- Trained on the other of margin and revenue: the two are never mixed.
        case
            when expected.is_margin = (norms.value_basis = 'margin')
                then expected.discounted_value_365d
        end as discounted_value_365d,
        expected.combined_spend_90d,
        {{ segmentation.round_score('first_orders.first_order_probability_90d') }}
            as first_order_probability_90d,
        scores.acquisition_cost_basis,
        scores.acquisition_cost_amount,
        cast(scores.growth_potential_amount as numeric(18, 2))
            as growth_potential_amount,
        coalesce(
            case
                when first_orders.customer_id is null then versions.is_in_sample
                else first_order_versions.is_in_sample
            end,
            false
        ) as is_in_sample
    from {{ ref('int_features__scores') }} as scores
    inner join {{ ref('int_features__purchases') }} as purchases
        on
            scores.customer_id = purchases.customer_id
            and scores.as_of_date = purchases.as_of_date
    inner join {{ ref('int_features__norms') }} as norms
        on scores.as_of_date = norms.as_of_date
    left join {{ ref('int_features__value_versions') }} as versions
        on scores.as_of_date = versions.as_of_date
    left join {{ ref('int_features__value_scores') }} as expected
        on
            scores.customer_id = expected.customer_id
            and scores.as_of_date = expected.as_of_date
    left join {{ ref('int_features__first_order_versions') }} as first_order_versions
        on scores.as_of_date = first_order_versions.as_of_date
    left join {{ ref('int_features__first_order_scores') }} as first_orders
        on
            scores.customer_id = first_orders.customer_id
            and scores.as_of_date = first_orders.as_of_date
    {{ segmentation.only_touched('scores', run) }}

)

select * from final
