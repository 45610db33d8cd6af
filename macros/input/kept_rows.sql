{% macro kept_rows(entity) %}
    {#- The rows to work with: kept, and not after the as-of date. Parts of an order are
        converted here, at its rate: the order may be delivered after them. -#}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- set rates = ref('int_input__order_rates')
        if entity in ('order_lines', 'order_changes') else none -%}
    {%- if not execute -%}{{ return('select * from ' ~ relation) }}{%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    select
        {%- for column in contract.columns %}
        {{ segmentation.converted('delivered', column, 'rates.currency_rate')
            if rates else 'delivered.' ~ column.name
        }}{{ ',' if not loop.last or contract.passthrough }}
        {%- endfor %}
        {%- for column in contract.passthrough %}
        delivered.{{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ relation }} as delivered
    {%- if rates %}
    left join {{ rates }} as rates
        on
            delivered.source_system = rates.source_system
            and delivered.order_id = rates.order_id
    {%- endif %}
    where
        delivered.row_outcome = 'kept'
    {%- for time in [contract.event_time] + (['updated_at'] if 'updated_at' in names else [])
        if time %}
        and (
            delivered.{{ time }} < {{ segmentation.as_of_end() }}
            or delivered.{{ time }} is null
        )
    {%- endfor %}
{% endmacro %}
