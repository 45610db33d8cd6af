{% macro first_largest(names, prefix, suffix) %}
    {#- Name of the column with the largest value; the first of those that tie. -#}
    {%- set columns = [] -%}
    {%- for name in names -%}
        {%- do columns.append(prefix ~ name ~ suffix) -%}
    {%- endfor -%}
    {%- set cases = [] -%}
    {%- for name in names -%}
        {%- do cases.append(
            'when ' ~ prefix ~ name ~ suffix ~ ' = greatest(' ~ columns | join(', ')
            ~ ') then ' ~ segmentation.rule_literal(name)
        ) -%}
    {%- endfor -%}
    {{ return('case ' ~ cases | join(' ') ~ ' end') }}
{% endmacro %}
