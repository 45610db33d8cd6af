{% macro rules_of(set_name) %}
    {#- Rules of a set in the order they are tried; wrong ones stop the parse. -#}
    {%- set name = 'segments' if set_name == 'primary' else 'rules_' ~ set_name -%}
    {%- set rules = var('segmentation_' ~ name) -%}
    {%- do segmentation.check_rules(set_name, rules) -%}
    {{ return(
        rules | sort(attribute='priority') | list if set_name == 'primary' else rules
    ) }}
{% endmacro %}


{% macro rule_set_names() %}
    {{ return([
        'rfm', 'lifecycle', 'behavior', 'demographic', 'psychographic', 'primary'
    ]) }}
{% endmacro %}


{% macro reserved_codes() %}
    {{ return(['no_orders', 'not_profiled', 'not_observed', 'otherwise']) }}
{% endmacro %}


{% macro flat_conditions(conditions) %}
    {%- set flat = [] -%}
    {%- for condition in conditions -%}
        {%- set parts = condition.get('any') if condition is mapping else none -%}
        {%- if parts and condition | length == 1
            and parts is not string and parts is not mapping -%}
            {%- do flat.extend(segmentation.flat_conditions(parts)) -%}
        {%- else -%}
            {%- do flat.append(condition) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(flat) }}
{% endmacro %}
