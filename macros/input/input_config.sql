{% macro input_config(entity) %}
    {#- Passthrough columns are not in the YAML, so dbt cannot hold them to it. -#}
    {{ config(
        materialized='view',
        schema=segmentation.segmentation_schema('internal'),
        contract={
            'enforced': segmentation.setting('passthrough').get(entity, []) | length == 0
        },
    ) }}
{% endmacro %}
