{% macro rule_conditions() %}
    {#-
        Every condition of every rule, as rows: a rule holds where each of its groups has
        a condition that is met. Tiers are cut, not declared; their conditions are rows
        of `segments__conditions` alone.
    -#}
    {%- set rows = [] -%}
    {%- for set_name in segmentation.rule_set_names() -%}
        {%- for rule in segmentation.rules_of(set_name) -%}
            {%- set place = loop.index -%}
            {%- for top in rule['when'] -%}
                {%- set group = loop.index -%}
                {%- for condition in segmentation.flat_conditions([top]) -%}
                    {%- set operator = (
                        condition.keys() | reject('equalto', 'feature') | list
                    )[0] -%}
                    {%- set value = condition[operator] -%}
                    {%- do rows.append({
                        'set': set_name, 'code': rule.code, 'place': place,
                        'group': group, 'number': loop.index,
                        'feature': condition['feature'], 'operator': operator,
                        'value': value, 'condition': condition,
                        'is_number': value is number and value is not boolean,
                    }) -%}
                {%- endfor -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(rows) }}
{% endmacro %}


{% macro condition_threshold(row) %}
    {#- What the feature is compared with, as text; null where with nothing. -#}
    {%- if row.operator in ('is_null', 'is_not_null') -%}
        {{ return('null') }}
    {%- elif row.operator in ('in', 'not_in') -%}
        {{ return(segmentation.rule_literal(row.value | join(', '))) }}
    {%- elif row.value is boolean -%}
        {{ return("'true'" if row.value else "'false'") }}
    {%- endif -%}
    {{ return(segmentation.rule_literal(row.value | string)) }}
{% endmacro %}
