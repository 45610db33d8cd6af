{#- The package's way to make tables and views on DuckDB, for all models: dbt takes a
    materialization of this name from the project itself alone. -#}
{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {{ return(segmentation.materialization_table_duckdb()) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {{ return(segmentation.materialization_view_duckdb()) }}
{% endmaterialization %}
