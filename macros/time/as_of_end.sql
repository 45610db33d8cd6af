{% macro as_of_end() %}
    {#- First UTC instant after the as-of day, so that `< as_of_end` keeps the day. -#}
    {{ return(segmentation.end_of_day(segmentation.as_of_value())) }}
{% endmacro %}


{% macro end_of_day(date) %}
    {%- set day = modules.datetime.datetime.strptime(date, '%Y-%m-%d') + modules.datetime.timedelta(days=1) -%}
    {%- set zone = modules.pytz.timezone(segmentation.setting('timezone')) -%}
    {%- set instant = zone.localize(day).astimezone(modules.pytz.utc) -%}
    {{ return(
        "cast('" ~ instant.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)"
    ) }}
{% endmacro %}
