{% macro segmentation_schema(role) %}
    {#- An adopter's own model does not see the package's defaults: here they are. -#}
    {{ return(var('segmentation_schema_' ~ role, none if role == 'public' else role)) }}
{% endmacro %}
