{% macro failing_columns(relation, conditions) %}
    {#- One scan, however many columns: a view would be computed for each. -#}
    with counts as (

        select
            {%- for column, condition in conditions.items() %}
            count(case when {{ condition }} then 1 end) as {{ column }}
            {{- ',' if not loop.last }}
            {%- endfor %}
        from {{ segmentation.rows_to_test(relation) }}

    )

    {% for column, condition in conditions.items() %}
    {{ 'union all' if not loop.first }}
    select
        '{{ column }}' as column_name,
        {{ column }} as row_count,
        '{{ relation.identifier or relation }}: {{ condition | replace("'", "''") }}, '
        || {{ column }} || ' rows' as message
    from counts
    where {{ column }} > 0
    {% endfor %}
{% endmacro %}
