{% macro effect_when_missing(entity) %}
    {#- What the company goes without when no source delivers the entity. -#}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {{ return(segmentation.input_model(entity).config.meta['without'] | trim) }}
{% endmacro %}
