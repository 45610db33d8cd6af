{% macro experiment_metrics() %}
    {#- Outcomes that arms are compared by: the column of each, and of who it is. -#}
    {{ return({
        'ordered': 'ordered',
        'orders': 'order_count',
        'revenue': 'revenue_amount',
        'margin': 'margin_amount',
        'value_to_date': 'value_amount',
    }) }}
{% endmacro %}


{% macro tested_metrics() %}
    {#- Outcomes whose effect is compared between segments. -#}
    {{ return(['ordered', 'revenue']) }}
{% endmacro %}


{% macro least_compared() %}
    {#- Means of fewer people in an arm are not normal enough. -#}
    {{ return(30) }}
{% endmacro %}


{% macro least_events() %}
    {#- Orders in both arms without which a segment is not told of by itself. -#}
    {{ return(10) }}
{% endmacro %}


{% macro ratio_alarm() %}
    {#- Below it arms are not as large as chance leaves them: Kohavi, Tang and Xu 2020. -#}
    {{ return('0.001') }}
{% endmacro %}
