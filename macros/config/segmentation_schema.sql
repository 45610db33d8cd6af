{% macro segmentation_schema(role) %}
    {{ return(var('segmentation_schema_' ~ role)) }}
{% endmacro %}
