{% macro refuse(problems) %}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            "The configuration cannot work, nothing was run:\n  - "
            ~ problems | join('\n  - ')
        ) }}
    {%- endif -%}
{% endmacro %}
