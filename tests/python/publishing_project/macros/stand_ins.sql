{% macro segmentation_schema(role) %}
    {{ return(var('segmentation_schema_' ~ role, none)) }}
{% endmacro %}


{% macro as_of_value() %}
    {{ return(env_var('TOY_AS_OF', '2024-06-30')) }}
{% endmacro %}


{% macro as_of_date() %}
    {{ return("cast('" ~ segmentation.as_of_value() ~ "' as date)") }}
{% endmacro %}


{% macro panel_view_config(schema) %}
    {{ config(materialized='view') }}
{% endmacro %}
