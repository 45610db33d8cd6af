{% macro segmentation_schema(role) %}
    {#- The defaults again: an adopter's own model does not see those of the package. -#}
    {{ return(var('segmentation_schema_' ~ role, none if role == 'public' else role)) }}
{% endmacro %}
