{% macro check_rules(set_name, rules) %}
    {%- set problems = segmentation.code_problems(
        rules, segmentation.reserved_codes()
    ) -%}
    {%- for rule in rules -%}
        {%- set code, when = rule.get('code'), rule.get('when') -%}
        {%- if set_name == 'primary' and rule.get('priority') is not number -%}
            {%- do problems.append("'" ~ code ~ "' has no number as priority") -%}
        {%- endif -%}
        {%- if not when or when is string or when is mapping or when is not sequence -%}
            {%- do problems.append(
                "'" ~ code ~ "' has no list of conditions under `when`"
            ) -%}
            {%- set when = [] -%}
        {%- endif -%}
        {%- for condition in segmentation.flat_conditions(when) -%}
            {%- set problem = segmentation.condition_problem(condition) -%}
            {%- if problem -%}
                {%- do problems.append(
                    "'" ~ code ~ "': " ~ tojson(condition) ~ " " ~ problem
                ) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if problems -%}
        {{ exceptions.raise_compiler_error(
            "Rules of the set '" ~ set_name ~ "': " ~ problems | join('; ') ~ "."
        ) }}
    {%- endif -%}
{% endmacro %}


{% macro code_problems(rules, reserved) %}
    {%- set problems = [] -%}
    {%- set codes = [] -%}
    {%- for rule in rules -%}
        {%- set code = rule.get('code') -%}
        {%- if not modules.re.match('^[a-z][a-z0-9_]*$', code | string) -%}
            {%- do problems.append(
                "code '" ~ code ~ "' must be lower case letters, digits and underscores"
            ) -%}
        {%- elif code in codes -%}
            {%- do problems.append("code '" ~ code ~ "' is declared twice") -%}
        {%- elif code in reserved -%}
            {%- do problems.append("code '" ~ code ~ "' is reserved") -%}
        {%- endif -%}
        {%- do codes.append(code) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro condition_problem(condition) %}
    {#- What is wrong with a condition; empty when nothing is. -#}
    {%- set operators = [
        'equals', 'not_equals', 'in', 'not_in', 'at_least', 'at_most', 'above',
        'below', 'is_null', 'is_not_null',
    ] -%}
    {%- set given = (
        condition.keys() | reject('equalto', 'feature') | list
    ) if condition is mapping else [] -%}
    {%- if condition is mapping and 'any' in condition -%}
        {{ return('needs a list of conditions under any, and nothing beside it') }}
    {%- elif given | length != 1 or 'feature' not in condition -%}
        {{ return('needs one feature and one operator') }}
    {%- endif -%}
    {%- set operator, value = given[0], condition[given[0]] -%}
    {%- set is_list = value is sequence and value is not string
        and value is not mapping -%}
    {%- set name = condition['feature'] | string -%}
    {%- if operator not in operators -%}
        {{ return(
            "uses the unknown operator '" ~ operator ~ "'; operators are "
            ~ operators | join(', ') ~ ' and any'
        ) }}
    {%- elif not modules.re.match('^[a-z][a-z0-9_]*$', name) -%}
        {{ return("names '" ~ name ~ "', which cannot be a column") }}
    {%- elif operator in ('in', 'not_in') -%}
        {%- if not value or not is_list -%}
            {{ return('needs a list of values after ' ~ operator) }}
        {%- endif -%}
    {%- elif operator in ('is_null', 'is_not_null') -%}
        {%- if value is not sameas true -%}
            {{ return('needs true after ' ~ operator) }}
        {%- endif -%}
    {%- elif value is none or value is mapping or is_list -%}
        {{ return('needs one value after ' ~ operator) }}
    {%- endif -%}
    {{ return('') }}
{% endmacro %}
