{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with purchases as (

    select purchases.*
    from {{ ref('int_features__purchases') }} as purchases
    {{ segmentation.only_touched('purchases', run) }}
    where not purchases.is_reference

)

select
    customer_id,
    as_of_date,
    {% for days in [30, 90, 365] %}
    case when is_observed_{{ days }}d then 'observed' else 'window_not_observed' end
        as window_status_{{ days }}d,
    {% endfor %}
    tenure_days,
    days_since_last_order,
    order_count,
    {% for days in [30, 90, 365] %}
    case when is_observed_{{ days }}d then order_count_{{ days }}d end
        as order_count_{{ days }}d,
    {% endfor %}
    net_amount as revenue,
    {% for days in [30, 90, 365] %}
    case when is_observed_{{ days }}d then net_amount_{{ days }}d end
        as revenue_{{ days }}d,
    {% endfor %}
    cast(
        case when is_observed_180d then net_amount_180d - net_amount_90d end
        as numeric(18, 2)
    ) as revenue_previous_90d,
    gross_amount,
    discount_amount,
    refunded_amount,
    case when is_margin_known then margin_amount end as margin_amount,
    average_order_value,
    discount_share,
    refund_rate,
    case
        when is_margin_known
            then {{ segmentation.ratio('margin_amount', 'net_amount') }}
    end as margin_rate,
    mean_gap_days,
    gap_variation,
    case
        when is_observed_180d
            then {{ segmentation.ratio(
                '(net_amount_90d - (net_amount_180d - net_amount_90d))',
                '(net_amount_180d - net_amount_90d)'
            ) }}
    end as revenue_trend_90d,
    {{ segmentation.ratio('weekend_order_count', 'order_count') }}
        as weekend_order_share,
    {{ segmentation.ratio('online_order_count', 'order_count') }} as online_order_share,
    {% for part in ['morning', 'afternoon', 'evening', 'night'] %}
    {{ segmentation.ratio(part ~ '_order_count', 'order_count') }}
        as {{ part }}_order_share,
    {% endfor %}
    {% for channel in ['store', 'web', 'app', 'phone', 'other'] %}
    {{ segmentation.ratio(channel ~ '_order_count', 'order_count') }}
        as {{ channel }}_order_share,
    {% endfor %}
    is_tenure_censored,
    first_order_date,
    last_order_date
from purchases
