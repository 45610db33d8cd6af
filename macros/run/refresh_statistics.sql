{% macro refresh_statistics(relation) %}
    {{ return(adapter.dispatch('refresh_statistics', 'segmentation')(relation)) }}
{% endmacro %}


{% macro default__refresh_statistics(relation) %}
    {{ return('') }}
{% endmacro %}


{% macro postgres__refresh_statistics(relation) %}
    {#- A new table has no statistics until later, and plans guess one row. -#}
    {%- if model.config.materialized in ('table', 'incremental', 'components', 'state') -%}
        {{ return('analyze ' ~ relation) }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
