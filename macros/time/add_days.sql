{% macro add_days(date_expression, days) %}
    {{ return("cast(" ~ dbt.dateadd('day', days, date_expression) ~ " as date)") }}
{% endmacro %}
