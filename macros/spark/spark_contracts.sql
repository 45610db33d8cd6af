{% macro spark__get_select_subquery(sql) %}
    {#- Spark counts and sums in other widths than the models are declared in: what a
        contract names is cast to it. -#}
    {%- set columns = [] -%}
    {%- for column in model.columns.values() -%}
        {%- do columns.append(
            segmentation.spark_types('cast(' ~ column.name ~ ' as ' ~ column.data_type)
            ~ ') as ' ~ column.name
        ) -%}
    {%- endfor -%}
    select {{ columns | join(', ') }}
    from (
        {{ sql }}
    ) as model_subq
{% endmacro %}


{% macro spark__get_assert_columns_equivalent(sql) %}
    {%- set declared, found = [], [] -%}
    {%- for name in model.columns -%}{%- do declared.append(name | lower) -%}{%- endfor -%}
    {%- for column in get_column_schema_from_query(segmentation.spark_types(sql)) -%}
        {%- do found.append(column.name | lower) -%}
    {%- endfor -%}
    {%- if declared | sort != found | sort -%}
        {{ return(assert_columns_equivalent(sql)) }}
    {%- endif -%}
{% endmacro %}
