{{ config(severity='warn', meta={'explains': true}) }}

{{ segmentation.failing_gates(when_definitions_changed=false) }}
