{% macro row_hash(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(
            "coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), chr(30))"
        ) -%}
    {%- endfor -%}
    {#- Control characters as separator and null, which no form lets people type. -#}
    {{ return(dbt.hash(parts | join(" || chr(31) || "))) }}
{% endmacro %}
