{% macro convert_money(contract, rates, known_rows='known_rows') %}
    {#- Amounts of orders in the reporting currency, at the rate of their day. -#}
    {%- set order_date = segmentation.local_date('known_rows.ordered_at') -%}
    {%- set reporting_currency = segmentation.setting('currency') -%}
    select
        {%- for column in contract.columns %}
        {{ segmentation.converted('known_rows', column, 'rates.rate') }},
        {%- endfor %}
        {%- for column in contract.passthrough %}
        known_rows.{{ column }},
        {%- endfor %}
        known_rows.is_excluded,
        cast(coalesce(rates.rate, 1) as numeric(18, 8)) as currency_rate,
        case
            when known_rows.row_problem is not null then known_rows.row_problem
            when
                rates.rate is null
                and known_rows.currency_code <> '{{ reporting_currency }}'
                then 'currency_code:no_rate:' || known_rows.currency_code
        end as row_problem
    from {{ known_rows }} as known_rows
    left join {{ rates }} as rates
        on known_rows.currency_code = rates.currency_code
        and {{ order_date }} >= rates.valid_from
        and ({{ order_date }} < rates.valid_to or rates.valid_to is null)
{% endmacro %}


{% macro converted(alias, column, rate) %}
    {%- set name = alias ~ '.' ~ column.name -%}
    {%- if not column.money -%}{{ return(name) }}{%- endif -%}
    {{ return(
        'cast(round(' ~ name ~ ' * coalesce(' ~ rate ~ ', 1), 2) as '
        ~ column.data_type ~ ') as ' ~ column.name
    ) }}
{% endmacro %}
