{% macro iso_time(expression, shape, zone=none) %}
    {#- Only a text of exactly this shape is turned round: any other reaches input as it
        was delivered. -#}
    {%- set pattern = modules.re.sub('[A-Z]', '9', shape) -%}
    {%- set parts = [] -%}
    {%- for part in ['YYYY', 'MM', 'DD'] -%}
        {%- do parts.append(
            "substring(" ~ expression ~ ", " ~ (shape.index(part) + 1) ~ ", "
            ~ part | length ~ ")"
        ) -%}
    {%- endfor -%}
    {%- set text = parts | join(" || '-' || ") -%}
    {%- if 'HH' in shape -%}
        {%- set text = text ~ " || ' ' || substring(" ~ expression ~ ", "
            ~ (shape.index('HH') + 1) ~ ")" -%}
    {%- endif -%}
    {%- if zone is not none -%}
        {%- set text = text ~ " || ' " ~ zone ~ "'" -%}
    {%- endif -%}
    {{ return(
        "case when translate(" ~ expression ~ ", '012345678', '999999999') = '"
        ~ pattern ~ "' then " ~ text ~ " else " ~ expression ~ " end"
    ) }}
{% endmacro %}
