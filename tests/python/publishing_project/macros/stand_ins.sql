{% macro segmentation_schema(role) %}
    {{ return(var('segmentation_schema_' ~ role)) }}
{% endmacro %}


{% macro as_of_value() %}
    {{ return('2024-06-30') }}
{% endmacro %}
