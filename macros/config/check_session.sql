{% macro default__check_session(problems) %}
    {#- Nothing outside the project that results or readers depend on. -#}
{% endmacro %}


{% macro postgres__check_session(problems) %}
    {%- set relation = api.Relation.create(identifier='relation', type='table') -%}
    {%- set drops = adapter.dispatch('get_drop_sql', 'dbt')(relation) -%}
    {%- if target.threads > 1 and 'segmentation_drop' not in drops -%}
        {%- do problems.append(
            "The output '" ~ target.name ~ "' has " ~ target.threads ~ " threads, whose "
            ~ "drops of tables can wait for each other for ever; paste into "
            ~ "dbt_project.yml:\n      dispatch:\n        - macro_namespace: dbt\n"
            ~ "          search_order: [" ~ project_name ~ ", segmentation, dbt]"
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro spark__check_session(problems) %}
    {%- if 'timestampadd' not in dbt.dateadd('day', 1, 'a_date') -%}
        {%- do problems.append(
            "dbt's own macros would be used on Spark, which lose rows and fractions of a "
            ~ "second; paste into dbt_project.yml:\n      dispatch:\n"
            ~ "        - macro_namespace: dbt\n          search_order: ["
            ~ project_name ~ ", segmentation, dbt]"
        ) -%}
    {%- endif -%}
    {%- if run_query('set spark.sql.session.timeZone').rows[0][1] != 'UTC' -%}
        {%- do problems.append(
            "The Spark session is not in UTC; paste under server_side_parameters of the "
            ~ "output '" ~ target.name ~ "' in profiles.yml:\n      "
            ~ "spark.sql.session.timeZone: UTC"
        ) -%}
    {%- endif -%}
{% endmacro %}


{% macro duckdb__check_session(problems) %}
    {%- set settings = {} -%}
    {%- for row in run_query(
        "select name, value from duckdb_settings() where lower(name) in "
        ~ "('timezone', 'storage_compatibility_version')"
    ).rows -%}
        {%- do settings.update({row[0] | lower: row[1]}) -%}
    {%- endfor -%}
    {%- set lines = [] -%}
    {%- if settings.get('timezone') != 'UTC' -%}
        {%- do lines.append('settings: {TimeZone: UTC}') -%}
    {%- endif -%}
    {%- if settings.get('storage_compatibility_version') != 'v1.5.0' -%}
        {%- do lines.append('config_options: {storage_compatibility_version: v1.5.0}') -%}
    {%- endif -%}
    {%- set publishes = run_query(
        "select count(*) from duckdb_functions() "
        ~ "where function_name = 'segmentation_publish'"
    ).columns[0].values()[0] -%}
    {%- if publishes | int == 0 -%}
        {%- do lines.append('plugins:\n        - module: segmentation.dbt_plugin') -%}
    {%- endif -%}
    {%- if lines -%}
        {%- do problems.append(
            "The DuckDB profile lacks lines; paste under the output '" ~ target.name
            ~ "' in profiles.yml:\n      " ~ lines | join('\n      ')
        ) -%}
    {%- endif -%}
{% endmacro %}
