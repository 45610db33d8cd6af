{% macro row_hash(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(
            "coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), chr(30))"
        ) -%}
    {%- endfor -%}
    {#- Control characters as separator and null: no delivered text can forge them. -#}
    {{ return(dbt.hash(parts | join(" || chr(31) || "))) }}
{% endmacro %}
