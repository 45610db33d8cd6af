{% test between(model, columns) %}

{{ config(meta={'explains': true}) }}
{%- set conditions = {} -%}
{%- for column, (lowest, highest) in columns.items() -%}
    {%- do conditions.update({
        column: column ~ ' not between ' ~ lowest ~ ' and ' ~ highest
    }) -%}
{%- endfor %}
{{ segmentation.failing_columns(model, conditions) }}

{% endtest %}
