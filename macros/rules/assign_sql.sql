{% macro assign_sql(set_name, otherwise, rules=none) %}
    {#- First match in order of priority; a code for everybody. -#}
    case
    {%- for rule in rules or segmentation.rules_of(set_name) %}
            when {{ segmentation.rule_sql(rule) }} then '{{ rule.code }}'
    {%- endfor %}
            else '{{ otherwise }}'
        end
{%- endmacro %}
