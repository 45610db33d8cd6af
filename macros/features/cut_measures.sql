{% macro cut_measures() %}
    {#- What is cut, at which shares of buyers, over how long a window (0: none). -#}
    {%- set fifths = [0.2, 0.4, 0.6, 0.8] -%}
    {%- set tiers = [] -%}
    {%- for tier in var('segmentation_value_tiers') -%}
        {%- do tiers.append((1 - tier.top_share) | round(4)) -%}
    {%- endfor -%}
    {{ return([
        {'name': 'recency', 'column': 'days_since_last_order', 'shares': fifths,
         'window_days': 0},
        {'name': 'frequency', 'column': 'order_count_365d', 'shares': fifths,
         'window_days': 365},
        {'name': 'monetary', 'column': 'net_amount_365d', 'shares': fifths,
         'window_days': 365},
        {'name': 'discount', 'column': 'discount_share', 'shares': fifths,
         'window_days': 0},
        {'name': 'basket', 'column': 'average_order_value', 'shares': fifths,
         'window_days': 0},
        {'name': 'variety', 'column': 'category_entropy', 'shares': fifths,
         'window_days': 0},
        {'name': 'mean_gap', 'column': 'mean_gap_days', 'shares': [0.5],
         'window_days': 0},
        {'name': 'value_tier', 'column': 'net_amount_90d', 'shares': tiers,
         'window_days': 90},
        {'name': 'expected_tier', 'column': 'tier_value', 'shares': tiers,
         'window_days': 90},
    ]) }}
{% endmacro %}
