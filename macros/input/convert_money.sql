{% macro convert_money(contract, rates) %}
    {#- Amounts in the reporting currency: by day for orders, as its order for a part. -#}
    {%- if contract.name == 'orders' -%}
        {%- set rate = 'rates.rate' -%}
    {%- elif rates is not none -%}
        {%- set rate = 'rates.currency_rate' -%}
    {%- else -%}
        {{ return('select * from known_rows') }}
    {%- endif -%}
    {%- set order_date = segmentation.local_date('known_rows.ordered_at') -%}
    {%- set reporting_currency = segmentation.setting('currency') -%}
    select
        {%- for column in contract.columns %}
        {%- if column.money %}
        cast(
            round(known_rows.{{ column.name }} * coalesce({{ rate }}, 1), 2)
            as {{ column.data_type }}
        ) as {{ column.name }},
        {%- else %}
        known_rows.{{ column.name }},
        {%- endif %}
        {%- endfor %}
        {%- for column in contract.passthrough %}
        known_rows.{{ column }},
        {%- endfor %}
        known_rows.is_excluded,
    {%- if contract.name == 'orders' %}
        cast(coalesce(rates.rate, 1) as numeric(18, 8)) as currency_rate,
        case
            when known_rows.row_problem is not null then known_rows.row_problem
            when
                rates.rate is null
                and known_rows.currency_code <> '{{ reporting_currency }}'
                then 'currency_code:no_rate:' || known_rows.currency_code
        end as row_problem
    from known_rows
    left join {{ rates }} as rates
        on known_rows.currency_code = rates.currency_code
        and {{ order_date }} >= rates.valid_from
        and ({{ order_date }} < rates.valid_to or rates.valid_to is null)
    {%- else %}
        known_rows.row_problem
    from known_rows
    left join {{ rates }} as rates
        on known_rows.source_system = rates.source_system
        and known_rows.order_id = rates.order_id
    {%- endif %}
{% endmacro %}
