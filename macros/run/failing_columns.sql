{% macro failing_columns(relation, conditions, unique=none) %}
    {#- One scan, however many columns: a view would be computed for each. -#}
    with counts as (

        select
            {%- for column, condition in conditions %}
            count(case when {{ condition }} then 1 end) as failing_{{ loop.index }},
            {%- endfor %}
            count(*) as row_count
        from {{ segmentation.rows_to_test(relation) }}

    ){{ ',' if unique }}
    {%- if unique %}

    repeated as (

        {{ segmentation.repeated_keys(relation, unique) | indent(8) }}

    ),

    repeated_count as (select count(*) as key_count from repeated)

    select
        '{{ unique | join(', ') }}' as column_name,
        key_count as row_count,
        '{{ relation.identifier or relation }}: {{ unique | join(', ') }} not unique, '
        || key_count || ' keys' as message
    from repeated_count
    where key_count > 0
    {%- endif %}
    {%- for column, condition in conditions %}
    {{ 'union all' if unique or not loop.first }}
    select
        '{{ column }}' as column_name,
        failing_{{ loop.index }} as row_count,
        '{{ relation.identifier or relation }}: {{ dbt.escape_single_quotes(condition) }}, '
        || failing_{{ loop.index }} || ' rows' as message
    from counts
    where failing_{{ loop.index }} > 0
    {%- endfor %}
{% endmacro %}


{% macro repeated_keys(relation, columns, only_at_as_of=false) %}
    {#- Of what grows with every release, only what was said of the as-of date is looked
        at. -#}
    {%- set key = columns | join(', ') -%}
    select
        {{ key }},
        count(*) as row_count
    from {{ relation }}
    {% if only_at_as_of -%}
    where as_of_date = {{ segmentation.as_of_date() }}
    {%- else -%}
    {{ segmentation.only_changed_keys(relation) }}
    {%- endif %}
    group by {{ key }}
    having count(*) > 1
{% endmacro %}


{% macro null_conditions(columns) %}
    {%- set conditions = [] -%}
    {%- for column in columns -%}
        {%- do conditions.append((column, column ~ ' is null')) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}


{% macro code_conditions(columns) %}
    {%- set conditions = [] -%}
    {%- for column, codes in columns.items() -%}
        {%- do conditions.append(
            (column, column ~ " not in ('" ~ codes | join("', '") ~ "')")
        ) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}


{% macro range_conditions(columns) %}
    {%- set conditions = [] -%}
    {%- for column, (lowest, highest) in columns.items() -%}
        {%- do conditions.append(
            (column, column ~ ' not between ' ~ lowest ~ ' and ' ~ highest)
        ) -%}
    {%- endfor -%}
    {{ return(conditions) }}
{% endmacro %}
