{% macro refresh_statistics(relation) %}
    {{ return(adapter.dispatch('refresh_statistics', 'segmentation')(relation)) }}
{% endmacro %}


{% macro default__refresh_statistics(relation) %}
    {{ return('') }}
{% endmacro %}


{% macro postgres__refresh_statistics(relation) %}
    {#- A new table has no statistics until later, and plans guess one row. -#}
    {{ return('analyze ' ~ relation ~ ';') }}
{% endmacro %}


{% macro postgres__create_table_as(temporary, relation, sql) %}
    {{ dbt_postgres.postgres__create_table_as(temporary, relation, sql) }}
    {{ segmentation.refresh_statistics(relation) }}
{% endmacro %}
