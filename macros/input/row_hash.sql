{% macro row_hash(columns) %}
    {{ return(dbt.hash(segmentation.row_text(columns))) }}
{% endmacro %}


{% macro row_text(columns) %}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- do parts.append(
            "coalesce(cast(" ~ column ~ " as " ~ dbt.type_string() ~ "), chr(30))"
        ) -%}
    {%- endfor -%}
    {#- Control characters as separator and null, which no form lets people type. -#}
    {{ return(parts | join(" || chr(31) || ")) }}
{% endmacro %}
