{% macro duckdb__get_assert_columns_equivalent(sql) %}
    {#- dbt has the engine describe the columns that each contract declares; there are
        few types, so each is described once. What differs dbt says in its own words. -#}
    {%- set declared, found = {}, {} -%}
    {%- for column in model.columns.values() if column.data_type
        and column.data_type | lower not in ('numeric', 'decimal', 'number') -%}
        {%- do declared.update({
            column.name | lower: segmentation.described_type(column.data_type)
        }) -%}
    {%- endfor -%}
    {%- set described = get_column_schema_from_query(sql, config.get('sql_header')) -%}
    {%- for column in described -%}
        {%- do found.update({column.name | lower: column.dtype}) -%}
    {%- endfor -%}
    {%- if not declared or found != declared
        or not described | length == declared | length == model.columns | length -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{% endmacro %}


{% macro described_type(data_type) %}
    {%- set known = graph.setdefault('segmentation_described_types', {}) -%}
    {%- if data_type not in known -%}
        {%- set described = get_column_schema_from_query(
            'select ' ~ cast('null', data_type) ~ ' as value'
        ) -%}
        {%- do known.update({data_type: described[0].dtype}) -%}
    {%- endif -%}
    {{ return(known[data_type]) }}
{% endmacro %}
