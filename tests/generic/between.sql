{% test between(model, columns) %}

{{ config(meta={'explains': true}) }}
{{ segmentation.failing_columns(model, segmentation.range_conditions(columns)) }}

{% endtest %}
