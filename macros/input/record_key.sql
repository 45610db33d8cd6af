{% macro record_key(entity) %}
    {#- The natural key of a row as one text, so that a person can find it. -#}
    {%- if not execute -%}{{ return("''") }}{%- endif -%}
    {%- set parts = [] -%}
    {%- for column in segmentation.entity_contract(entity).key
        if column != 'source_system' -%}
        {%- do parts.append(
            "coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), '(null)')"
        ) -%}
    {%- endfor -%}
    {{ return(parts | join(" || ' / ' || ")) }}
{% endmacro %}
