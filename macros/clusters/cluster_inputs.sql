{% macro cluster_inputs(set_name) %}
    {#-
        What customers are clustered by: behaviour of the five families, one or more of
        each; for attitudes, what they say themselves. Nothing that is compared with
        others, no amount that says how much to spend on somebody, nothing demographic
        and nothing sensitive.
    -#}
    {{ return({
        'behavior': [
            'order_count_90d', 'gap_variation', 'average_order_value', 'discount_share',
            'category_entropy', 'private_label_share', 'weekend_order_share',
            'online_order_share', 'active_day_count_90d', 'page_count_90d',
            'product_use_day_count_90d', 'message_click_count_90d',
        ],
        'psychographic': segmentation.psychographic_traits(),
    }[set_name]) }}
{% endmacro %}


{% macro cluster_sets() %}
    {{ return(['behavior', 'psychographic']) }}
{% endmacro %}


{% macro cluster_months(set_name) %}
    {#- Behaviour wavers from night to night; an answer stands until it is given anew. -#}
    {{ return({'behavior': [1, 2], 'psychographic': []}[set_name]) }}
{% endmacro %}
