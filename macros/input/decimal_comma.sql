{% macro decimal_comma(expression) %}
    {#- Where a comma is the decimal point, a point groups thousands: input would read
        1.234 as 1.23. In quotation marks it is no number. -#}
    {{ return(
        "case when translate(" ~ expression ~ ", '0123456789', '') in (',', '-,') then "
        ~ "replace(" ~ expression ~ ", ',', '.') when " ~ expression
        ~ " like '%.%' then '\"' || " ~ expression ~ " || '\"' else " ~ expression
        ~ " end"
    ) }}
{% endmacro %}
