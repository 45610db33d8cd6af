{% macro definitions_hash() %}
    {#- The same hash that a release notes under `definitions`. -#}
    {%- set versions = [] -%}
    {%- for row in segmentation.all_definitions() -%}
        {%- do versions.append(segmentation.definition_version(row)) -%}
    {%- endfor -%}
    {{ return(local_md5(versions | unique | sort | join('\n'))) }}
{% endmacro %}


{% macro definition_version(row) %}
    {{ return(local_md5(
        [row.set, row.code, row.priority, row.value_order, row.source] | string
    )) }}
{% endmacro %}
