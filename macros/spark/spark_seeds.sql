{% macro spark__create_csv_table(model, agate_table) %}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append(
            name ~ ' ' ~ segmentation.spark_seed_type(model, agate_table, loop.index0)
        ) -%}
    {%- endfor -%}
    {%- set sql = 'create table ' ~ this.render() ~ ' (' ~ columns | join(', ') ~ ') '
        ~ file_format_clause() -%}
    {%- call statement('_') -%}{{ sql }}{%- endcall -%}
    {{ return(sql) }}
{% endmacro %}


{% macro spark_seed_type(model, agate_table, index) %}
    {%- set data_type = model['config'].get('column_types', {}).get(
        agate_table.column_names[index], adapter.convert_type(agate_table, index)
    ) -%}
    {{ return('string' if data_type == 'text' else segmentation.spark_types(data_type)) }}
{% endmacro %}


{% macro spark__load_csv_rows(model, agate_table) %}
    {#- As dbt's own, but a text may hold a quote or a backslash. -#}
    {%- set rows = [] -%}
    {%- for row in agate_table.rows -%}
        {%- set cells = [] -%}
        {%- for name in agate_table.column_names -%}
            {%- set cell = row[loop.index0] -%}
            {%- set text = 'null' if cell is none else "r'" ~ cell ~ "'" -%}
            {%- if cell is string -%}
                {%- set text = "'" ~ cell | replace('\\', '\\\\') | replace("'", "\\'")
                    ~ "'" -%}
            {%- endif -%}
            {%- do cells.append(
                "cast(" ~ text ~ " as "
                ~ segmentation.spark_seed_type(model, agate_table, loop.index0) ~ ")"
            ) -%}
        {%- endfor -%}
        {%- do rows.append('(' ~ cells | join(', ') ~ ')') -%}
    {%- endfor -%}
    {%- set sql = 'insert into ' ~ this.render() ~ ' values ' ~ rows | join(', ') -%}
    {%- if rows -%}{%- do adapter.add_query(sql, abridge_sql_log=True) -%}{%- endif -%}
    {{ return(sql) }}
{% endmacro %}
