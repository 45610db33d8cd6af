{% macro condition_sql(condition) %}
    {#- A condition on a null is not met, except is_null. -#}
    {%- if 'any' in condition -%}
        {%- set parts = [] -%}
        {%- for part in condition['any'] -%}
            {%- do parts.append(segmentation.condition_sql(part)) -%}
        {%- endfor -%}
        {{ return('(' ~ parts | join(' or ') ~ ')') }}
    {%- endif -%}
    {%- set feature = condition['feature'] -%}
    {%- set operator = (condition.keys() | reject('equalto', 'feature') | list)[0] -%}
    {%- set value = condition[operator] -%}
    {%- if operator in ('in', 'not_in') -%}
        {%- set literals = [] -%}
        {%- for item in value -%}
            {%- do literals.append(segmentation.rule_literal(item)) -%}
        {%- endfor -%}
        {{ return(feature ~ (' in (' if operator == 'in' else ' not in (')
            ~ literals | join(', ') ~ ')') }}
    {%- endif -%}
    {%- if operator in ('is_null', 'is_not_null') -%}
        {{ return(feature ~ (' is null' if operator == 'is_null' else ' is not null')) }}
    {%- endif -%}
    {%- set symbol = {
        'equals': '=', 'not_equals': '<>', 'at_least': '>=', 'at_most': '<=',
        'above': '>', 'below': '<',
    }[operator] -%}
    {{ return(feature ~ ' ' ~ symbol ~ ' ' ~ segmentation.rule_literal(value)) }}
{% endmacro %}


{% macro rule_literal(value) %}
    {%- if value is boolean -%}
        {{ return('true' if value else 'false') }}
    {%- elif value is number -%}
        {{ return(value | string) }}
    {%- endif -%}
    {{ return("'" ~ dbt.escape_single_quotes(value | string) ~ "'") }}
{% endmacro %}


{% macro rule_sql(rule) %}
    {%- set parts = [] -%}
    {%- for condition in rule['when'] -%}
        {%- do parts.append(segmentation.condition_sql(condition)) -%}
    {%- endfor -%}
    {{ return(parts | join(' and ')) }}
{% endmacro %}
