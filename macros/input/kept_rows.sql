{% macro kept_rows(entity) %}
    {#- The rows to work with: kept, and not after the as-of date. -#}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- if not execute -%}{{ return('select * from ' ~ relation) }}{%- endif -%}
    {%- set contract = segmentation.entity_contract(entity) -%}
    {%- set names = contract.columns | map(attribute='name') | list -%}
    select
        {{ (names + contract.passthrough) | join(',\n        ') }}
    from {{ relation }}
    where
        row_outcome = 'kept'
    {%- for time in [contract.event_time] + (['updated_at'] if 'updated_at' in names else [])
        if time %}
        and ({{ time }} < {{ segmentation.as_of_end() }} or {{ time }} is null)
    {%- endfor %}
{% endmacro %}
