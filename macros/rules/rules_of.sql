{% macro rules_of(set_name) %}
    {#- Rules of a set in the order they are tried; wrong ones stop the parse. -#}
    {%- if set_name == 'primary' -%}
        {%- set rules = var('segmentation_segments') | sort(attribute='priority') -%}
    {%- else -%}
        {%- set rules = var('segmentation_rules_' ~ set_name) -%}
    {%- endif -%}
    {%- do segmentation.check_rules(set_name, rules) -%}
    {{ return(rules) }}
{% endmacro %}


{% macro rule_set_names() %}
    {{ return(['rfm', 'lifecycle', 'behavior', 'demographic', 'primary']) }}
{% endmacro %}


{% macro reserved_codes() %}
    {{ return(['no_orders', 'not_profiled', 'not_observed', 'otherwise']) }}
{% endmacro %}


{% macro check_rules(set_name, rules) %}
    {%- set operators = [
        'equals', 'not_equals', 'in', 'not_in', 'at_least', 'at_most', 'above',
        'below', 'is_null', 'is_not_null',
    ] -%}
    {%- set codes = [] -%}
    {%- set problems = [] -%}
    {%- for rule in rules -%}
        {%- set code = rule.get('code') -%}
        {%- if not code or not modules.re.match('^[a-z][a-z0-9_]*$', code | string) -%}
            {%- do problems.append(
                "code '" ~ code ~ "' must be lower case letters, digits and underscores"
            ) -%}
        {%- elif code in codes -%}
            {%- do problems.append("code '" ~ code ~ "' is declared twice") -%}
        {%- elif code in segmentation.reserved_codes() -%}
            {%- do problems.append("code '" ~ code ~ "' is reserved") -%}
        {%- endif -%}
        {%- do codes.append(code) -%}
        {%- if not rule.get('when') -%}
            {%- do problems.append("'" ~ code ~ "' has no condition under `when`") -%}
        {%- endif -%}
        {%- for condition in segmentation.flat_conditions(rule.get('when', [])) -%}
            {%- set given = condition.keys() | reject('equalto', 'feature') | list -%}
            {%- if 'feature' not in condition or given | length != 1 -%}
                {%- do problems.append(
                    "'" ~ code ~ "' needs one feature and one operator in "
                    ~ tojson(condition)
                ) -%}
            {%- elif given[0] not in operators -%}
                {%- do problems.append(
                    "'" ~ code ~ "' uses the unknown operator '" ~ given[0]
                    ~ "'; operators are " ~ operators | join(', ') ~ " and any"
                ) -%}
            {%- elif not modules.re.match('^[a-z][a-z0-9_]*$', condition['feature']) -%}
                {%- do problems.append(
                    "'" ~ code ~ "' names '" ~ condition['feature']
                    ~ "', which cannot be a column"
                ) -%}
            {%- elif given[0] in ('in', 'not_in') and (
                condition[given[0]] is string or condition[given[0]] is not sequence
            ) -%}
                {%- do problems.append(
                    "'" ~ code ~ "': " ~ given[0] ~ " needs a list of values"
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


{% macro flat_conditions(conditions) %}
    {%- set flat = [] -%}
    {%- for condition in conditions -%}
        {%- if 'any' in condition -%}
            {%- for part in segmentation.flat_conditions(condition['any']) -%}
                {%- do flat.append(part) -%}
            {%- endfor -%}
        {%- else -%}
            {%- do flat.append(condition) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(flat) }}
{% endmacro %}
