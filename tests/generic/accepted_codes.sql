{% test accepted_codes(model, columns) %}

{{ config(meta={'explains': true}) }}
{%- set conditions = {} -%}
{%- for column, codes in columns.items() -%}
    {%- do conditions.update({
        column: column ~ " not in ('" ~ codes | join("', '") ~ "')"
    }) -%}
{%- endfor %}
{{ segmentation.failing_columns(model, conditions) }}

{% endtest %}
