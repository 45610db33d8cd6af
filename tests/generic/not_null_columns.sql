{% test not_null_columns(model, columns) %}

{{ config(meta={'explains': true}) }}
{{ segmentation.failing_columns(model, segmentation.null_conditions(columns)) }}

{% endtest %}
