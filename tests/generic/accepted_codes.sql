{% test accepted_codes(model, columns) %}

{{ config(meta={'explains': true}) }}
{{ segmentation.failing_columns(model, segmentation.code_conditions(columns)) }}

{% endtest %}
