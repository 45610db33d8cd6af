{% macro cents_as_money(cents) %}
    {{ return(
        "cast(cast(" ~ cents ~ " as numeric(18, 0)) / 100 as "
        ~ segmentation.sql_type('numeric(18, 2)') ~ ")"
    ) }}
{% endmacro %}
