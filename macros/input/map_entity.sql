{% macro map_entity(entity, relation, mapping, source_system=none, loaded_order=none) %}
    {#- Without the graph (while parsing) the contract is unknown. -#}
    {%- if not execute -%}{{ return('select 1 as source_system') }}{%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set named = contract.columns | map(attribute='name') | list -%}
    {%- set unknown = [] -%}
    {%- for column in mapping
        if column not in named and column not in contract.passthrough -%}
        {%- do unknown.append(column) -%}
    {%- endfor -%}
    {%- set missing = [] -%}
    {%- for column in contract.columns
        if column.required and column.name not in mapping
        and column.name != 'source_system' -%}
        {%- do missing.append(column.name) -%}
    {%- endfor -%}
    {%- for column in contract.passthrough if column not in mapping -%}
        {%- do missing.append(column ~ ' (listed in segmentation_passthrough)') -%}
    {%- endfor -%}
    {%- if missing -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ " maps no " ~ missing | join(', ') ~ ", which '" ~ entity
            ~ "' requires. Name a column or an SQL expression for it in map_entity."
        ) }}
    {%- endif -%}
    {%- if unknown -%}
        {{ exceptions.raise_compiler_error(
            model.name ~ " maps " ~ unknown | join(', ') ~ ", which '" ~ entity
            ~ "' does not have. Its columns are " ~ named | join(', ')
            ~ ". List further columns in segmentation_passthrough."
        ) }}
    {%- endif -%}
    {%- set system = source_system or model.name[4:].split('__')[0] -%}
    select
        cast('{{ system }}' as {{ dbt.type_string() }}) as source_system,
    {%- for column in contract.columns if column.name != 'source_system' %}
        {%- if column.name in mapping %}
        {{ mapping[column.name] }} as {{ column.name }}
        {%- else %}
        cast(null as {{ segmentation.sql_type(column.data_type) }}) as {{ column.name }}
        {%- endif %},
    {%- endfor %}
    {%- for column in contract.passthrough %}
        {{ mapping[column] }} as {{ column }},
    {%- endfor %}
        {{ loaded_order or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as loaded_order
    from {{ relation }}
{% endmacro %}
