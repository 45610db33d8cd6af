{% macro fixed_features() %}
    {#-
        What the own rule of a segment fixes, itself or through a code of another set: it
        differs by construction and proves nothing. A query of one row per segment, its
        features between bars; a category that a rule names is fixed as `category <name>`.
    -#}
    {%- set fixed = {} -%}
    {%- for use in segmentation.rule_uses() -%}
        {%- set names = fixed.setdefault(use.set, {}).setdefault(use.code, []) -%}
        {%- do names.extend(segmentation.features_fixed_by(use.feature)) -%}
        {%- if use.text is not none and use.feature.endswith('category') -%}
            {%- do names.append('category ' ~ use.text) -%}
        {%- endif -%}
    {%- endfor -%}
    {#- Without an order there is nothing to differ in. -#}
    {%- for set_name in ['value_tier', 'rfm', 'lifecycle', 'behavior'] -%}
        {%- do fixed.setdefault(set_name, {}).update(
            {'no_orders': segmentation.features_fixed_by('customer_type')}
        ) -%}
    {%- endfor -%}
    {%- for set_name, codes in fixed.items() -%}
        {%- for code, names in codes.items() %}
    select
        {{ segmentation.text_literal(set_name) }} as segment_set,
        {{ segmentation.text_literal(code) }} as segment_code,
        {{ segmentation.text_literal('|' ~ names | unique | join('|') ~ '|') }}
            as features
    union all
        {%- endfor -%}
    {%- endfor -%}
    {%- for set_name in segmentation.cluster_sets() %}
    select
        segment_set,
        segment_code,
        {{ segmentation.text_literal(
            '|' ~ segmentation.cluster_inputs(set_name) | join('|') ~ '|'
        ) }} as features
    from {{ ref('segments__definitions') }}
    where origin = 'cluster' and segment_set = '{{ set_name }}'
    {{ 'union all' if not loop.last }}
    {%- endfor -%}
{% endmacro %}


{% macro is_fixed(item, features) %}
    {#- Whether the item is among features between bars, of `fixed_features`. -#}
    {{ return(
        "coalesce(" ~ dbt.position("'|' || " ~ item ~ " || '|'", features)
        ~ " > 0, false)"
    ) }}
{% endmacro %}


{% macro features_fixed_by(feature) %}
    {#-
        How recently, how often and how much are bound to each other: a rule that uses
        one of them, or what is made of them, fixes them all.
    -#}
    {%- set activity = [
        'days_since_last_order', 'order_count_90d', 'revenue_90d', 'revenue_365d',
        'expected_revenue_365d', 'mean_gap_days', 'overdue_ratio', 'revenue_trend_90d',
    ] -%}
    {%- set household = ['household_size', 'household_composition', 'children_count'] -%}
    {%- set variety = ['product_count', 'category_count', 'top_category_share'] -%}
    {#- Who came lately has not had the time to buy much. -#}
    {%- set young = ['tenure_days'] + activity + variety -%}
    {%- set also = {
        'discount_score': ['discount_share'],
        'inferred_price_consciousness': ['discount_share'],
        'basket_score': ['average_order_value'],
        'variety_score': variety,
        'inferred_novelty_seeking': variety,
        'category_entropy': variety,
        'tenure_days': young,
        'is_tenure_censored': young,
        'first_order_date': young,
        'leading_trait': segmentation.psychographic_traits(),
        'response_status': segmentation.psychographic_traits(),
        'household_size': household,
        'household_composition': household,
        'children_count': household,
    } -%}
    {%- if feature == 'customer_type' -%}
        {%- set fixed = segmentation.profile_features().keys() | reject('in', [
            'active_day_count_90d', 'product_use_day_count_90d',
            'message_click_count_90d', 'click_rate', 'support_ticket_count_365d',
            'satisfaction_score_365d', 'social_interaction_count_365d',
        ] + segmentation.psychographic_traits()) | list -%}
        {{ return(fixed) }}
    {%- elif feature in activity or modules.re.match(
        '^(order_count|revenue|historical_value|recency_|frequency_|monetary_|rfm_'
        ~ '|expected_|probability_alive|order_probability|discounted_value'
        ~ '|combined_spend|last_order_date)', feature
    ) -%}
        {{ return(activity) }}
    {%- endif -%}
    {{ return(also.get(feature, [feature])) }}
{% endmacro %}
