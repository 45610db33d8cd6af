{% macro any_differs(columns, one, other) %}
    {%- set found = [] -%}
    {%- for column in columns -%}
        {%- do found.append(
            one ~ '.' ~ column ~ ' is distinct from ' ~ other ~ '.' ~ column
        ) -%}
    {%- endfor -%}
    {{ return('(' ~ found | join(' or ') ~ ')') }}
{% endmacro %}
