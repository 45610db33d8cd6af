{% macro all_definitions() %}
    {#- Every code that any set can hold, with its rule in words and its version. -#}
    {%- set rows = [] -%}
    {%- for tier in var('segmentation_value_tiers') -%}
        {%- do rows.append({
            'set': 'value_tier', 'code': tier.code, 'priority': 10 * loop.index,
            'value_order': loop.index, 'origin': 'cut_points',
            'text': 'spend of the last 90 days in the top '
                ~ (100 * tier.top_share) | round(1) ~ '% of buyers',
            'source': tier,
        }) -%}
    {%- endfor -%}
    {%- set last = var('segmentation_value_tiers') | length + 1 -%}
    {%- do rows.append({
        'set': 'value_tier', 'code': 'dormant', 'priority': 10 * last,
        'value_order': last, 'origin': 'cut_points',
        'text': 'below every tier, or no spend in the last 90 days', 'source': 'rest',
    }) -%}
    {%- for set_name in segmentation.rule_set_names() -%}
        {%- for rule in segmentation.rules_of(set_name) -%}
            {%- do rows.append({
                'set': set_name, 'code': rule.code,
                'priority': rule.get('priority', 10 * loop.index),
                'value_order': rule.get('value_order'), 'origin': 'rule',
                'text': segmentation.rule_text(rule['when']), 'source': rule,
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- set reserved = {
        'no_orders': 'identified, no order that stands',
        'not_profiled': 'objected to profiling',
        'not_observed': 'the data do not say',
    } -%}
    {%- for set_name in segmentation.segment_sets() if set_name != 'primary' -%}
        {%- for code, text in reserved.items()
            if code != 'no_orders' or set_name not in ('demographic', 'psychographic') -%}
            {%- do rows.append({
                'set': set_name, 'code': code, 'priority': 9000 + loop.index,
                'value_order': none, 'origin': 'reserved', 'text': text,
                'source': segmentation.clusters_version()
                    if set_name in segmentation.cluster_sets()
                    and code == 'not_observed' else 'reserved',
            }) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do rows.append({
        'set': 'primary', 'code': 'otherwise', 'priority': 9999, 'value_order': none,
        'origin': 'reserved', 'text': 'no other rule matches', 'source': 'reserved',
    }) -%}
    {{ return(rows) }}
{% endmacro %}
