{% macro effect_when_missing(entity) %}
    {#- What the company goes without when no source delivers the entity. -#}
    {%- if not execute -%}{{ return('') }}{%- endif -%}
    {%- for node in graph.nodes.values()
        if node.resource_type == 'model' and node.name == 'input__' ~ entity -%}
        {{ return(node.config.meta['without'] | trim) }}
    {%- endfor -%}
{% endmacro %}
