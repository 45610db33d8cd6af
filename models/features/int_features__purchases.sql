{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

select
    sums.*,
    {% for name, column in {
        'last_order_date': 'days_since_last_order', 'first_order_date': 'tenure_days'
    }.items() %}
    {{ segmentation.days_between('sums.' ~ name, 'sums.as_of_date') }}
        as {{ column }},
    {% endfor %}
    cast({{ dbt.date_trunc('month', 'sums.first_order_date') }} as date)
        as first_order_month,
    -- Behind the ten characters of the day.
    nullif(substring(sums.first_order_campaign, 11), '~') as first_campaign_id,
    sums.placed_count > 0 and sums.placed_count = sums.margin_known_count
        as is_margin_known,
    coalesce(sums.first_censored_date = sums.first_order_date, false)
        as is_tenure_censored,
    {{ segmentation.ratio('sums.net_amount', 'sums.order_count') }}
        as average_order_value,
    {{ segmentation.ratio('sums.discount_amount', 'sums.gross_amount') }}
        as discount_share,
    {{ segmentation.ratio(
        'sums.refunded_amount', 'sums.net_amount + sums.refunded_amount'
    ) }} as refund_rate,
    {{ segmentation.ratio('sums.gap_days', 'sums.gap_count') }}
        as mean_gap_days,
    -- Coefficient of variation from exact sums, so that no order of rows matters.
    {{ segmentation.ratio(
        'sqrt(cast(sums.squared_gap_days * sums.gap_count'
        ~ ' - sums.gap_days * sums.gap_days as double precision))',
        'sums.gap_days'
    ) }} as gap_variation,
    dates.is_reference,
    dates.is_observed_30d,
    dates.is_observed_90d,
    dates.is_observed_180d,
    dates.is_observed_365d
from {{ ref('int_features__purchase_sums') }} as sums
inner join {{ ref('int_features__as_of_dates') }} as dates
    on sums.as_of_date = dates.as_of_date
