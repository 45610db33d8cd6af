{% macro cluster_row_text() %}
    {#- Numbers in units of the ninth decimal, which every engine writes alike. -#}
    {%- set texts = [] -%}
    {%- for name in [
        'dataset', 'set_name', 'version', 'trained_through', 'cluster_id', 'feature'
    ] -%}
        {%- do texts.append('cast(' ~ name ~ ' as ' ~ dbt.type_string() ~ ')') -%}
    {%- endfor -%}
    {%- for name in [
        'lower_bound', 'upper_bound', 'mean', 'scale', 'weight', 'centroid'
    ] -%}
        {%- do texts.append(
            'cast(cast(cast(' ~ name ~ ' as numeric(28, 9)) * 1000000000 as bigint) as '
            ~ dbt.type_string() ~ ')'
        ) -%}
    {%- endfor -%}
    {{ return(texts | join(" || '|' || ")) }}
{% endmacro %}
