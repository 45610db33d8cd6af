{% macro rule_columns(set_name) %}
    {#- Of each rule: is it met, and which features leave it open. -#}
    {%- set columns = [] -%}
    {%- for rule in segmentation.rules_of(set_name) -%}
        {%- set name = set_name ~ '_' ~ loop.index -%}
        {%- do columns.append(
            segmentation.rule_truth(rule['when']) ~ ' as ' ~ name
        ) -%}
        {%- for feature, predicate in segmentation.rule_blames(rule['when']).items() -%}
            {%- do columns.append(predicate ~ ' as ' ~ name ~ '_' ~ feature) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(columns | join(',\n        ')) }}
{% endmacro %}


{% macro code_columns(set_name) %}
    {#- Of each code: is it assigned, which earlier rules decide too. -#}
    {%- set columns, tried = [], [] -%}
    {%- if set_name in ['rfm', 'lifecycle', 'behavior'] -%}
        {%- do tried.append('order_count > 0') -%}
    {%- endif -%}
    {%- for rule in segmentation.rules_of(set_name) -%}
        {%- set name = set_name ~ '_' ~ loop.index -%}
        {%- do columns.append(
            '(' ~ (tried + [name]) | join(' and ') ~ ') as ' ~ set_name ~ '_code_'
            ~ loop.index
        ) -%}
        {%- do tried.append('not ' ~ name) -%}
    {%- endfor -%}
    {{ return(columns | join(',\n        ')) }}
{% endmacro %}
