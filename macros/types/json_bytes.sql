{% macro json_bytes(columns) %}
    {#- How long a row of texts is as one JSON object in UTF-8, without spaces. -#}
    {%- set parts = [] -%}
    {%- for column in columns -%}
        {%- set text = namespace(escaped="coalesce(" ~ column ~ ", '')") -%}
        {%- for plain, written in [
            ["chr(92)", "chr(92) || chr(92)"],
            ["'\"'", "chr(92) || '\"'"],
            ["chr(10)", "chr(92) || 'n'"],
        ] -%}
            {%- set text.escaped = "replace(" ~ text.escaped ~ ", " ~ plain ~ ", "
                ~ written ~ ")" -%}
        {%- endfor -%}
        {%- do parts.append("'\"" ~ column.split('.')[-1] ~ "\":\"' || " ~ text.escaped) -%}
    {%- endfor -%}
    {{ return(adapter.dispatch('byte_length', 'segmentation')(
        "'{' || " ~ parts | join(" || '\",' || ") ~ " || '\"}'"
    )) }}
{% endmacro %}


{% macro default__byte_length(expression) %}
    {{ return("octet_length(" ~ expression ~ ")") }}
{% endmacro %}


{% macro duckdb__byte_length(expression) %}
    {{ return("strlen(" ~ expression ~ ")") }}
{% endmacro %}
