{% macro map_shop(entity) %}
    {#- Raw columns have the names of the contract; SHOP_LEAVES_OUT drops one. -#}
    {%- set relation = source('shop', entity) -%}
    {%- set mapping = {} -%}
    {%- if execute -%}
        {%- set contract = segmentation.entity_contract(entity) -%}
        {%- set columns = contract.columns | map(attribute='name') | list -%}
        {%- for column in columns + contract.passthrough
            if column != 'source_system'
            and entity ~ '.' ~ column != env_var('SHOP_LEAVES_OUT', '') -%}
            {%- do mapping.update({column: column}) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(segmentation.map_entity(entity, relation, mapping)) }}
{% endmacro %}
