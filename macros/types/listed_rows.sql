{% macro listed_rows(columns, rows) %}
    select {{ columns | join(', ') }}
    from {{ adapter.dispatch('rows_written_out', 'segmentation')(columns, rows) }}
{% endmacro %}


{% macro default__rows_written_out(columns, rows) %}
    {%- set listed = [] -%}
    {%- for row in rows -%}{%- do listed.append('(' ~ row | join(', ') ~ ')') -%}{%- endfor -%}
    {{ return(
        '(values ' ~ listed | join(', ') ~ ') as listed (' ~ columns | join(', ') ~ ')'
    ) }}
{% endmacro %}


{% macro bigquery__rows_written_out(columns, rows) %}
    {{ return(segmentation.rows_as_queries(columns, rows)) }}
{% endmacro %}


{% macro redshift__rows_written_out(columns, rows) %}
    {{ return(segmentation.rows_as_queries(columns, rows)) }}
{% endmacro %}


{% macro rows_as_queries(columns, rows) %}
    {%- set listed = [] -%}
    {%- for row in rows -%}
        {%- set cells = [] -%}
        {%- for cell in row -%}
            {%- do cells.append(cell ~ ' as ' ~ columns[loop.index0]) -%}
        {%- endfor -%}
        {%- do listed.append('select ' ~ cells | join(', ')) -%}
    {%- endfor -%}
    {{ return('(' ~ listed | join(' union all ') ~ ') as listed') }}
{% endmacro %}
