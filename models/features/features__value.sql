{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

with basis as (

    -- Margin only where every order to date has one: the two are never mixed.
    select
        as_of_date,
        case
            when sum(placed_count) > 0 and sum(placed_count) = sum(margin_known_count)
                then 'margin'
            else 'revenue'
        end as value_basis
    from {{ ref('int_features__purchases') }}
    group by as_of_date

),

final as (

    select
        scores.customer_id,
        scores.as_of_date,
        basis.value_basis,
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
                when basis.value_basis = 'margin' then purchases.margin_amount
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
    inner join basis
        on scores.as_of_date = basis.as_of_date

)

select * from final
