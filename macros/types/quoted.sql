{% macro quoted(expression) %}
    {#- Engines disagree on how to write a quotation mark in a text. -#}
    {{ return("chr(39) || " ~ expression ~ " || chr(39)") }}
{% endmacro %}
