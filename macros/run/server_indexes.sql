{% macro server_indexes(columns, other_columns=none) %}
    {#- For lookups of single rows; an embedded column store scans faster than it keeps
        an index. -#}
    {%- if target.type != 'postgres' -%}{{ return([]) }}{%- endif -%}
    {%- set indexes = [{'columns': columns}] -%}
    {%- if other_columns -%}{%- do indexes.append({'columns': other_columns}) -%}{%- endif -%}
    {{ return(indexes) }}
{% endmacro %}
