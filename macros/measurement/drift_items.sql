{% macro drift_features() %}
    {#-
        Features that look back a fixed number of days, so that none changes as
        customers grow older; each with the scale of its bins and the decimal places of
        a threshold.
    -#}
    {%- set count = {'scale': 1, 'places': 0} -%}
    {%- set money = {'scale': 1, 'places': 2} -%}
    {%- set share = {'scale': 15, 'places': 2} -%}
    {{ return({
        'order_count_90d': count,
        'order_count_365d': count,
        'revenue_90d': money,
        'revenue_365d': money,
        'order_value_90d': money,
        'order_value_365d': money,
        'revenue_trend_90d': share,
        'days_since_last_order': count,
        'session_count_90d': count,
        'active_day_count_90d': count,
        'page_count_90d': count,
        'product_use_day_count_90d': count,
        'support_ticket_count_365d': count,
        'satisfaction_score_365d': share,
        'social_interaction_count_365d': count,
        'social_sentiment_365d': share,
    }) }}
{% endmacro %}


{% macro drift_responses() %}
    {#-
        What customers did in 90 days, as a whole number whose mean is compared: orders,
        or 1 for those who did it and 0 for the others; null where nothing was asked of
        them. Each with its words.
    -#}
    {%- set answers = {} -%}
    {%- for item, action in {'opened': 'open', 'clicked': 'click'}.items() -%}
        {%- do answers.update({item: "case when customers.message_sent_count_90d > 0"
            ~ " then case when customers.message_" ~ action ~ "_count_90d > 0 then 1"
            ~ " else 0 end end"}) -%}
    {%- endfor -%}
    {{ return({
        'orders': {
            'value': 'customers.order_count_90d', 'is_share': false,
            'words': 'orders of a customer in 90 days',
        },
        'ordered': {
            'value': 'case when customers.order_count_90d > 0 then 1 else 0 end',
            'is_share': true, 'words': 'share who ordered in 90 days',
        },
        'opened': {
            'value': answers.opened, 'is_share': true,
            'words': 'share who opened a message in 90 days',
        },
        'clicked': {
            'value': answers.clicked, 'is_share': true,
            'words': 'share who clicked in a message in 90 days',
        },
    }) }}
{% endmacro %}


{% macro drift_sets() %}
    {#-
        Sets within whose segments features are compared. Those of value and activity
        are left out: they are made of what is compared.
    -#}
    {%- set sets = {} -%}
    {%- for name in ['primary', 'behavior', 'demographic', 'psychographic'] -%}
        {%- do sets.update({name: segmentation.segment_sets()[name]}) -%}
    {%- endfor -%}
    {{ return(sets) }}
{% endmacro %}


{% macro drift_least_people() %}
    {#- Of fewer at one of both dates nothing is said. -#}
    {{ return(50) }}
{% endmacro %}
