{% macro weekday(date_expression) %}
    {#- 0 is Sunday, 6 is Saturday; 1899-12-31 was a Sunday. -#}
    {{ return("mod(" ~ segmentation.days_between(
        "cast('1899-12-31' as date)", date_expression) ~ ", 7)") }}
{% endmacro %}


{% macro hour_of(timestamp_local) %}
    {{ return("cast(extract(hour from " ~ timestamp_local ~ ") as bigint)") }}
{% endmacro %}
