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
        ) }} as overdue_ratio
    from {{ ref('int_features__scores') }} as scores
    inner join {{ ref('int_features__purchases') }} as purchases
        on
            scores.customer_id = purchases.customer_id
            and scores.as_of_date = purchases.as_of_date
    inner join {{ ref('int_features__norms') }} as norms
        on scores.as_of_date = norms.as_of_date
    {{ segmentation.only_touched('scores', run) }}

)

select * from final
