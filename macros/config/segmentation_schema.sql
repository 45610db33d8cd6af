{% macro segmentation_schema(role) %}
    {#- An adopter's own model does not see the package's defaults: here they are. -#}
    {%- set name = var(
        'segmentation_schema_' ~ role, none if role == 'public' else role
    ) -%}
    {#- dbt writes it into statements of its own before anything has started. -#}
    {%- if name is not none
        and not modules.re.match('^[A-Za-z_][A-Za-z0-9_]*$', name | string) -%}
        {%- do segmentation.refuse([
            "segmentation_schema_" ~ role ~ " is '" ~ name ~ "', which cannot be a name "
            ~ "of a schema; use letters, digits and underscores."
        ]) -%}
    {%- endif -%}
    {{ return(name) }}
{% endmacro %}
