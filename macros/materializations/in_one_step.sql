{% materialization table, adapter='duckdb', supported_languages=['sql', 'python'] %}
    {%- if model.language != 'sql' or adapter.is_ducklake(this) -%}
        {{ return(dbt_duckdb.materialization_table_duckdb()) }}
    {%- endif -%}
    {%- set relation = this.incorporate(type='table') -%}
    {{ return(segmentation.made_in_one_step(
        relation, create_table_as(false, relation, sql)
    )) }}
{% endmaterialization %}


{% materialization view, adapter='duckdb' %}
    {%- set relation = this.incorporate(type='view') -%}
    {{ return(segmentation.made_in_one_step(
        relation, get_create_view_as_sql(relation, sql)
    )) }}
{% endmaterialization %}


{% macro made_in_one_step(relation, create_sql) %}
    {#- Drops and creates in one transaction, where dbt creates a second relation, renames
        both and drops the first. Without the transaction's end the old one stays. -#}
    {%- set existing_relation = load_cached_relation(this) -%}
    {%- if existing_relation is not none and existing_relation.type != relation.type -%}
        {%- do adapter.drop_relation(existing_relation) -%}
    {%- endif -%}
    {%- if pre_hooks -%}{{ run_hooks(pre_hooks) }}{%- endif -%}
    {%- call statement('main') -%}
        drop {{ relation.type }} if exists {{ relation }};
        {{ create_sql }}
    {%- endcall -%}
    {%- if relation.is_table -%}{%- do create_indexes(relation) -%}{%- endif -%}
    {{ return(segmentation.finished(relation)) }}
{% endmacro %}


{% macro finished(relation) %}
    {%- if post_hooks -%}{{ run_hooks(post_hooks) }}{%- endif -%}
    {%- do persist_docs(relation, model) -%}
    {{ adapter.commit() }}
    {{ return({'relations': [relation]}) }}
{% endmacro %}
