{% macro entity_event_time(entity) %}
    {#- The entity's own time, or a typed null for entities that have none. -#}
    {%- set none_yet = "cast(null as timestamp)" -%}
    {%- if not execute -%}{{ return(none_yet) }}{%- endif -%}
    {{ return(segmentation.entity_contract(entity).event_time or none_yet) }}
{% endmacro %}
