{% macro rule_uses() %}
    {#-
        What each rule rests on: a row per feature and text it is compared with. Only a
        primary rule names codes of other sets; what their rules rest on counts as its
        own, so that one level is all there is.
    -#}
    {%- set uses = [] -%}
    {%- for tier in var('segmentation_value_tiers') | map(attribute='code') | list
        + ['dormant'] -%}
        {%- for measure in segmentation.tier_measures() -%}
            {%- do uses.append(segmentation.rule_use('value_tier', tier, measure)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for row in segmentation.rule_conditions() -%}
        {%- set texts = segmentation.condition_texts(row) -%}
        {%- for text in texts or [none] -%}
            {%- set use = segmentation.rule_use(row.set, row.code, row.feature, text) -%}
            {%- if use not in uses -%}{%- do uses.append(use) -%}{%- endif -%}
        {%- endfor -%}
        {#- The primary set is the last, so that all its codes rest on is known. -#}
        {%- if row.set == 'primary' -%}
            {%- for base in uses | selectattr('set', 'equalto', row.feature) | list
                if not texts or base.code in texts -%}
                {%- set use = segmentation.rule_use(
                    row.set, row.code, base.feature, base.text, base.set, base.code
                ) -%}
                {%- if use not in uses -%}{%- do uses.append(use) -%}{%- endif -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(uses) }}
{% endmacro %}


{% macro rule_use(set_name, code, feature, text=none, through_set=none, through_code=none) %}
    {{ return({
        'set': set_name, 'code': code, 'feature': feature, 'text': text,
        'through_set': through_set, 'through_code': through_code,
    }) }}
{% endmacro %}


{% macro condition_texts(row) %}
    {#- The texts that a condition names, none where it names numbers or nothing. -#}
    {%- set values = row.value if row.operator in ('in', 'not_in') else [row.value] -%}
    {{ return(values | select('string') | list) }}
{% endmacro %}


{% macro tier_measures() %}
    {#- What value tiers may cut; training decides. -#}
    {{ return(['revenue_90d', 'discounted_value_365d', 'combined_spend_90d']) }}
{% endmacro %}
