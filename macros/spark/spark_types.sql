{% macro spark_types(sql) %}
    {#- Of the types that models name, Spark knows one by another name alone. -#}
    {{ return(modules.re.sub('(?i)\\bdouble\\s+precision\\b', 'double', sql)) }}
{% endmacro %}


{% macro spark__create_table_as(temporary, relation, compiled_code, language='sql') %}
    {{ return(dbt.spark__create_table_as(
        temporary, relation,
        segmentation.spark_types(compiled_code) if language == 'sql' else compiled_code,
        language
    )) }}
{% endmacro %}


{% macro spark__create_view_as(relation, sql) %}
    {#- Replaced, a view of Iceberg keeps its old text in Hive's metastore, where Spark
        reads it; so it is dropped. The metastore holds 32,700 characters of a view, so
        it is spared the indents. -#}
    {%- if execute -%}{%- do run_query('drop view if exists ' ~ relation) -%}{%- endif -%}
    {%- set unindented = modules.re.sub('\n +', '\n', sql) -%}
    {{ return(dbt.spark__create_view_as(
        relation, segmentation.spark_types(unindented)
    )) }}
{% endmacro %}


{% macro spark__get_empty_schema_sql(columns) %}
    {{ return(segmentation.spark_types(dbt.default__get_empty_schema_sql(columns))) }}
{% endmacro %}


{% macro spark__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit) %}
    {{ return(segmentation.spark_types(
        dbt.default__get_test_sql(main_sql, fail_calc, warn_if, error_if, limit)
    )) }}
{% endmacro %}
