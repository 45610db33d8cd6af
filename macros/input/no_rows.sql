{% macro no_rows(contract) %}
    {#- An entity without a source: typed, empty, nothing downstream is disabled. -#}
    select
        {%- for column in contract.columns %}
        cast(null as {{ segmentation.sql_type(column.data_type) }}) as {{ column.name }},
        {%- endfor %}
        {%- for column in contract.passthrough %}
        cast(null as {{ dbt.type_string() }}) as {{ column }},
        {%- endfor %}
        {%- if contract.name == 'orders' %}
        cast(1 as numeric(18, 8)) as currency_rate,
        {%- endif %}
        cast(null as {{ dbt.type_string() }}) as row_outcome,
        cast(null as {{ dbt.type_string() }}) as row_problem,
        cast(null as bigint) as changed_in_run
    where 1 = 0
{% endmacro %}
