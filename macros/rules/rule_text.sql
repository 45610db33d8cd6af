{% macro rule_text(conditions, joiner=' and ') %}
    {#- The rule as a sentence that a marketer can read. -#}
    {%- set words = {
        'equals': 'is', 'not_equals': 'is not', 'in': 'is one of',
        'not_in': 'is none of', 'at_least': 'is at least', 'at_most': 'is at most',
        'above': 'is above', 'below': 'is below', 'is_null': 'is unknown',
        'is_not_null': 'is known',
    } -%}
    {%- set parts = [] -%}
    {%- for condition in conditions -%}
        {%- if 'any' in condition -%}
            {%- do parts.append(
                '(' ~ segmentation.rule_text(condition['any'], ' or ') ~ ')'
            ) -%}
        {%- else -%}
            {%- set operator = (
                condition.keys() | reject('equalto', 'feature') | list
            )[0] -%}
            {%- set value = condition[operator] -%}
            {%- if operator in ('is_null', 'is_not_null') -%}
                {%- set shown = '' -%}
            {%- elif operator in ('in', 'not_in') -%}
                {%- set shown = ' ' ~ value | join(', ') -%}
            {%- else -%}
                {%- set shown = ' ' ~ (value | string | lower if value is boolean else value) -%}
            {%- endif -%}
            {%- do parts.append(
                condition['feature'] | replace('_', ' ') ~ ' ' ~ words[operator] ~ shown
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(parts | join(joiner)) }}
{% endmacro %}
