{% macro is_account_of(record, account) %}
    {#- A source that delivers accounts means its own, any other those of all. -#}
    {%- set sources = [] -%}
    {%- for name in segmentation.entity_sources('accounts') or [] -%}
        {%- do sources.append(segmentation.rule_literal(name)) -%}
    {%- endfor -%}
    {%- set is_own = record ~ '.source_system = ' ~ account ~ '.source_system' -%}
    {%- if not sources -%}{{ return('(' ~ is_own ~ ')') }}{%- endif -%}
    {{ return(
        '(' ~ is_own ~ ' or ' ~ record ~ '.source_system not in ('
        ~ sources | join(', ') ~ '))'
    ) }}
{% endmacro %}
