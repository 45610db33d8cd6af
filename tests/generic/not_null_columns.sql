{% test not_null_columns(model, columns) %}

{{ config(meta={'explains': true}) }}
{%- set conditions = {} -%}
{%- for column in columns -%}
    {%- do conditions.update({column: column ~ ' is null'}) -%}
{%- endfor %}
{{ segmentation.failing_columns(model, conditions) }}

{% endtest %}
