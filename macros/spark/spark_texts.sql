{% macro spark__split_part(string_text, delimiter_text, part_number) %}
    {#- dbt's own reads the delimiter as a pattern, and has null for a part too many. -#}
    {{ return(
        "split_part(" ~ string_text ~ ", " ~ delimiter_text ~ ", " ~ part_number ~ ")"
    ) }}
{% endmacro %}


{% macro spark__listagg(measure, delimiter_text, order_by_clause, limit_num) %}
    {#- dbt's own leaves the order to chance. Pairs of key and text are put in order of
        the key, which is one ascending column. -#}
    {%- if not order_by_clause -%}
        {{ return(dbt.spark__listagg(
            measure, delimiter_text, order_by_clause, limit_num
        )) }}
    {%- endif -%}
    {%- set keys = modules.re.sub('(?i)^\\s*order by\\s+|\\s+asc\\b', '', order_by_clause)
    -%}
    {{ return(
        "array_join(transform(array_sort(collect_list(case when " ~ measure
        ~ " is not null then struct(" ~ keys ~ ", " ~ measure ~ " as listed_text) end)), "
        ~ "pair -> pair.listed_text), " ~ delimiter_text ~ ")"
    ) }}
{% endmacro %}
