{% macro postgres__get_drop_sql(relation) %}
    {#- Dropping a table takes the views on it along. Two drops that meet at the same
        views can wait for each other for ever, so one waits for the other instead. -#}
    select pg_advisory_xact_lock(hashtextextended('segmentation_drop', 0));
    {{ dbt.default__get_drop_sql(relation) }}
{% endmacro %}
