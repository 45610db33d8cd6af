{% macro recode(expression, codes) %}
    {#- A code that is not listed stays as delivered, where a check can see it. -#}
    {%- set when = [] -%}
    {%- for code, meaning in codes.items() -%}
        {%- do when.append(
            "when '" ~ code ~ "' then "
            ~ ("null" if meaning is none else "'" ~ meaning ~ "'")
        ) -%}
    {%- endfor -%}
    {{ return(
        "case " ~ expression ~ " " ~ when | join(' ') ~ " else " ~ expression ~ " end"
    ) }}
{% endmacro %}
