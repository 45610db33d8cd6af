{% macro rule_truth(conditions, joiner=' and ') %}
    {#- A rule that is null where it cannot be decided: SQL's own three values. -#}
    {%- set parts = [] -%}
    {%- for condition in conditions -%}
        {%- do parts.append(segmentation.condition_truth(condition)) -%}
    {%- endfor -%}
    {{ return('(' ~ parts | join(joiner) ~ ')') }}
{% endmacro %}


{% macro condition_truth(condition) %}
    {%- if 'any' in condition -%}
        {{ return(segmentation.rule_truth(condition['any'], ' or ')) }}
    {%- endif -%}
    {%- if 'not_equals' in condition or 'not_in' in condition -%}
        {#- That something unknown is not a given value is decided: it is not. -#}
        {{ return(segmentation.condition_sql(condition)) }}
    {%- endif -%}
    {%- set codes = segmentation.named_codes(condition) -%}
    {%- set feature = condition['feature'] -%}
    {%- if codes -%}
        {%- set parts = [] -%}
        {%- for number in codes -%}
            {%- do parts.append(feature ~ '_code_' ~ number) -%}
        {%- endfor -%}
        {{ return('(' ~ parts | join(' or ') ~ ')') }}
    {%- endif -%}
    {{ return(segmentation.condition_sql(
        dict(condition, feature=segmentation.known_value(condition))
    )) }}
{% endmacro %}


{% macro known_value(condition) %}
    {#- Unknown counts as null, unless the rule asks for it by name. -#}
    {%- set feature = condition['feature'] -%}
    {%- if 'is_null' in condition or 'is_not_null' in condition -%}
        {{ return(feature) }}
    {%- endif -%}
    {%- set values = segmentation.named_values(condition) -%}
    {%- set unknown = (
        'not_observed' if feature in segmentation.segment_sets() else 'unknown'
    ) -%}
    {#- check_config sees to it that a value has the type of its column. -#}
    {%- set is_text = values[0] is string
        and not modules.re.match('^[0-9]{4}-[0-9]{2}-[0-9]{2}$', values[0]) -%}
    {%- if not is_text or unknown in values -%}
        {{ return(feature) }}
    {%- endif -%}
    {{ return("nullif(" ~ feature ~ ", '" ~ unknown ~ "')") }}
{% endmacro %}


{% macro named_values(condition) %}
    {%- set operator = (condition.keys() | reject('equalto', 'feature') | list)[0] -%}
    {%- set value = condition[operator] -%}
    {{ return(value if operator in ('in', 'not_in') else [value]) }}
{% endmacro %}


{% macro named_codes(condition) %}
    {#- Numbers of the rules whose codes a condition on another set names. -#}
    {%- set numbers = [] -%}
    {%- set set_name = condition['feature'] -%}
    {%- if set_name in segmentation.rule_set_names() and set_name != 'primary' -%}
        {%- set values = segmentation.named_values(condition) -%}
        {%- set codes = var('segmentation_rules_' ~ set_name)
            | map(attribute='code') | list -%}
        {%- for value in values if value in codes -%}
            {%- do numbers.append(codes.index(value) + 1) -%}
        {%- endfor -%}
        {#- A reserved code beside them is known: the plain condition decides. -#}
        {%- if numbers | length < values | length -%}{%- do numbers.clear() -%}{%- endif -%}
    {%- endif -%}
    {{ return(numbers) }}
{% endmacro %}


{% macro feature_column(name) %}
    {#- Column of features__customers with its type and needs; nothing while parsing. -#}
    {%- if not execute -%}{{ return({}) }}{%- endif -%}
    {%- set node = graph.nodes['model.segmentation.features__customers'] -%}
    {{ return(node.columns.get(name, {})) }}
{% endmacro %}
