{% test column_checks(model, not_null={}, codes={}, between={}) %}

{#- As row_checks, of what has no key. -#}
{{ config(meta={'explains': true}) }}
{%- set conditions = segmentation.null_conditions(not_null)
    + segmentation.code_conditions(codes) + segmentation.range_conditions(between) -%}
{{ segmentation.failing_columns(model, conditions) }}

{% endtest %}
