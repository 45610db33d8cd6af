{% test row_checks(model, unique, not_null={}, codes={}, between={}) %}

{#- One node for what would be up to four. -#}
{{ config(meta={'explains': true}) }}
{%- set conditions = segmentation.null_conditions(not_null)
    + segmentation.code_conditions(codes) + segmentation.range_conditions(between) -%}
{{ segmentation.failing_columns(model, conditions, unique | list) }}

{% endtest %}
