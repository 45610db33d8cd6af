{% macro profile_features() %}
    {#- Numeric features that describe a segment, each with its unit. -#}
    {%- set features = {
        'average_order_value': 'money', 'order_count_90d': 'number',
        'revenue_90d': 'money', 'revenue_365d': 'money',
        'expected_revenue_365d': 'money', 'days_since_last_order': 'days',
        'mean_gap_days': 'days', 'overdue_ratio': 'number',
        'revenue_trend_90d': 'change', 'tenure_days': 'days', 'discount_share': 'share',
        'refund_rate': 'share', 'margin_rate': 'share', 'online_order_share': 'share',
        'weekend_order_share': 'share', 'morning_order_share': 'share',
        'afternoon_order_share': 'share', 'evening_order_share': 'share',
        'night_order_share': 'share', 'product_count': 'number',
        'category_count': 'number', 'top_category_share': 'share',
        'private_label_share': 'share', 'active_day_count_90d': 'days',
        'product_use_day_count_90d': 'days', 'message_click_count_90d': 'number',
        'click_rate': 'share', 'support_ticket_count_365d': 'number',
        'satisfaction_score_365d': 'number', 'social_interaction_count_365d': 'number',
    } -%}
    {%- for trait in segmentation.psychographic_traits() -%}
        {%- do features.update({trait: 'score'}) -%}
    {%- endfor -%}
    {{ return(features) }}
{% endmacro %}


{% macro profile_attributes() %}
    {#- Features with a few values, of which profiles tell the share of each. -#}
    {{ return([
        'age_band', 'income_band', 'household_size', 'household_composition',
        'children_count', 'home_ownership', 'marital_status', 'gender', 'region',
        'industry', 'account_size_band', 'job_title_group', 'main_device',
    ]) }}
{% endmacro %}


{% macro order_channels() %}
    {{ return(['store', 'web', 'app', 'phone', 'other']) }}
{% endmacro %}


{% macro profile_amounts() %}
    {#- Exact sums over all orders to date, from which ratios are taken. -#}
    {{ return(['net_amount', 'refunded_amount', 'gross_amount', 'discount_amount']) }}
{% endmacro %}
