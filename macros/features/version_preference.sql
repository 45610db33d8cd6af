{% macro version_preference(trained_through, as_of_date) %}
    {#- Order of versions at a date: the newest that knew nothing later; before the first
        one, the oldest. -#}
    {{ return(
        "case when " ~ trained_through ~ " <= " ~ as_of_date ~ " then 0 else 1 end asc, "
        ~ "case when " ~ trained_through ~ " <= " ~ as_of_date ~ " then "
        ~ trained_through ~ " end desc, " ~ trained_through ~ " asc"
    ) }}
{% endmacro %}
