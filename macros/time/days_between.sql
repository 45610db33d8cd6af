{% macro days_between(first_date, second_date) %}
    {{ return("cast(" ~ dbt.datediff(first_date, second_date, 'day') ~ " as bigint)") }}
{% endmacro %}
