{% macro varied_rules(asked) %}
    {#-
        By set, its rules with each condition that is varied replaced by a column that
        says whether it is met.
    -#}
    {%- set found = {} -%}
    {%- for set_name in asked | map(attribute='set') | unique -%}
        {%- set rules = [] -%}
        {%- for rule in segmentation.rules_of(set_name) -%}
            {%- set when = [] -%}
            {%- for top in rule['when'] -%}
                {%- set group = loop.index -%}
                {%- set parts = [] -%}
                {%- for condition in segmentation.flat_conditions([top]) -%}
                    {%- set columns = asked
                        | selectattr('set', 'equalto', set_name)
                        | selectattr('code', 'equalto', rule.code)
                        | selectattr('group', 'equalto', group)
                        | selectattr('number', 'equalto', loop.index)
                        | map(attribute='column') | list -%}
                    {%- do parts.append(
                        {'feature': columns[0], 'equals': true} if columns else condition
                    ) -%}
                {%- endfor -%}
                {%- do when.append({'any': parts} if parts | length > 1 else parts[0]) -%}
            {%- endfor -%}
            {%- do rules.append({'code': rule.code, 'when': when}) -%}
        {%- endfor -%}
        {%- do found.update({set_name: rules}) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{% macro grid_place(feature, operator, values) %}
    {#-
        Where a customer lies among the values: how many meet the condition; of a value
        to equal its number, 0 for none of them and -1 for an unknown one.
    -#}
    {%- set parts = [] -%}
    {%- set is_equal = operator in ('equals', 'not_equals') -%}
    {%- if is_equal -%}
        {%- do parts.append('when ' ~ feature ~ ' is null then -1') -%}
    {%- endif -%}
    {%- for text in values -%}
        {%- set met = segmentation.condition_sql({
            'feature': feature,
            'equals' if is_equal else operator:
                text | float if '.' in text else text | int,
        }) -%}
        {%- do parts.append(
            'when ' ~ met ~ ' then ' ~ loop.index if is_equal
            else 'case when ' ~ met ~ ' then 1 else 0 end'
        ) -%}
    {%- endfor -%}
    {{ return(
        'case ' ~ parts | join(' ') ~ ' else 0 end' if is_equal
        else '(' ~ parts | join(' + ') ~ ')'
    ) }}
{% endmacro %}
