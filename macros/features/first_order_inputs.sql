{% macro first_order_inputs() %}
    {#- Columns of int_features__prospects that say who will order for the first time. -#}
    {{ return(
        ['days_since_first_seen'] + segmentation.first_order_counts()
        + ['has_message', 'has_visited', 'days_since_last_visit']
    ) }}
{% endmacro %}


{% macro first_order_counts() %}
    {{ return([
        'session_count_30d', 'session_count_90d', 'page_count_90d',
        'product_use_count_90d', 'message_open_count_90d', 'message_click_count_90d',
    ]) }}
{% endmacro %}
