{% macro window_start(days) %}
    {#- First UTC instant of the days that end with the as-of day. -#}
    {%- set as_of = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ) -%}
    {%- set before = as_of - modules.datetime.timedelta(days=days) -%}
    {{ return(segmentation.end_of_day(before.strftime('%Y-%m-%d'))) }}
{% endmacro %}
