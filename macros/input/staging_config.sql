{% macro staging_config() %}
    {#- The name of the model says whose staging it is: stg_<source>__<entity>. -#}
    {%- set source_system, entity = model.name[4:].split('__') -%}
    {{ config(
        enabled=source_system in segmentation.entity_sources(entity),
        schema=segmentation.segmentation_schema('internal'),
    ) }}
{% endmacro %}
