{% macro segmentation_schema(role) %}
    {{ return(var('segmentation_schema_' ~ role, none)) }}
{% endmacro %}


{% macro as_of_value() %}
    {{ return(env_var('TOY_AS_OF', '2024-06-30')) }}
{% endmacro %}
