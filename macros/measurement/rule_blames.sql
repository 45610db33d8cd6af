{% macro rule_blames(conditions) %}
    {#- Each feature of a rule with the SQL of "the rule is open because of it". -#}
    {%- set found = {} -%}
    {%- for condition in conditions -%}
        {%- for feature, predicate in segmentation.condition_blames(condition) -%}
            {%- do found.setdefault(feature, []).append(predicate) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set blames = {} -%}
    {%- for feature, predicates in found.items() -%}
        {%- do blames.update({feature: '(' ~ predicates | join(' or ') ~ ')'}) -%}
    {%- endfor -%}
    {{ return(blames) }}
{% endmacro %}


{% macro condition_blames(condition) %}
    {#- Engines disagree on what binds first, the comparison or the question. -#}
    {%- set open = '(' ~ segmentation.condition_truth(condition) ~ ') is null' -%}
    {%- set blames = [] -%}
    {%- if 'any' in condition -%}
        {%- for part in condition['any'] -%}
            {%- for feature, predicate in segmentation.condition_blames(part) -%}
                {%- do blames.append((feature, open ~ ' and ' ~ predicate)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ return(blames) }}
    {%- endif -%}
    {%- set codes = segmentation.named_codes(condition) -%}
    {%- set set_name = condition['feature'] -%}
    {%- if not codes -%}
        {#- A tier is not observed where the spend it is cut from is not. -#}
        {%- set feature = 'revenue_90d' if set_name == 'value_tier' else set_name -%}
        {{ return([(feature, open)]) }}
    {%- endif -%}
    {#- The code may be open because of its own rule or of one that is tried before. -#}
    {%- for rule in var('segmentation_rules_' ~ set_name)[:codes | max] -%}
        {%- set number = loop.index -%}
        {%- for feature in segmentation.rule_blames(rule['when']) -%}
            {%- do blames.append((
                feature,
                open ~ ' and ' ~ set_name ~ '_' ~ number ~ ' is null and ' ~ set_name
                ~ '_' ~ number ~ '_' ~ feature
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(blames) }}
{% endmacro %}


{% macro needs_text(feature) %}
    {#- What the feature is made of, from `meta.needs` of its column. -#}
    {%- set ways = [] -%}
    {%- set column = segmentation.feature_column(feature) -%}
    {%- if column -%}
        {%- for items in column.config.meta.get('needs', []) -%}
            {%- do ways.append(items | join(' and ')) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(ways | join(' or ')) }}
{% endmacro %}
