{% macro pattern_code(comparisons) %}
    {#- Levels of all comparisons in one text: pairs are scored by pattern, not singly. -#}
    {%- set parts = [] -%}
    {%- for comparison in comparisons -%}
        {%- do parts.append(
            "coalesce(cast(" ~ comparison ~ " as " ~ dbt.type_string() ~ "), '-')"
        ) -%}
    {%- endfor -%}
    {{ return(parts | join(' || ')) }}
{% endmacro %}
