{% macro scorecard_problems() %}
    {#- What is wrong with the bounds, weights and tiers of the scorecard. -#}
    {%- set problems = [] -%}
    {%- set size = var('segmentation_segment_size') -%}
    {%- set bounds = ['least_customers', 'least_share', 'most_share',
        'detectable_difference'] -%}
    {%- if not segmentation.has_keys(size, bounds) -%}
        {%- do problems.append(
            "segmentation_segment_size is " ~ tojson(size) ~ "; write all of {"
            ~ "least_customers: 100, least_share: 0.01, most_share: 0.67, "
            ~ "detectable_difference: 0.1}."
        ) -%}
    {%- else -%}
        {%- if size.least_customers is not integer or size.least_customers < 0 -%}
            {%- do problems.append(
                "segmentation_segment_size.least_customers is '" ~ size.least_customers
                ~ "'; use a whole number of customers."
            ) -%}
        {%- endif -%}
        {%- for name in bounds[1:] if not segmentation.is_share(size[name]) -%}
            {%- do problems.append(
                "segmentation_segment_size." ~ name ~ " is '" ~ size[name]
                ~ "'; use a share above 0 and at most 1."
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- set factors = ['revenue_potential', 'growth', 'competition', 'acquisition_cost',
        'retention'] -%}
    {%- set weights = var('segmentation_attractiveness') -%}
    {%- if not segmentation.has_keys(weights, factors) -%}
        {%- do problems.append(
            "segmentation_attractiveness is " ~ tojson(weights) ~ "; give a weight to "
            ~ "each of " ~ factors | join(', ') ~ ", 0 for what does not matter."
        ) -%}
    {%- elif weights.values() | reject('number') | list
        or weights.values() | select('lt', 0) | list
        or (weights.values() | sum - 1) | abs > 1e-9 -%}
        {%- do problems.append(
            "segmentation_attractiveness has the weights "
            ~ weights.values() | join(', ') ~ ", which must be numbers from 0 that sum "
            ~ "to 1."
        ) -%}
    {%- endif -%}
    {%- set months = var('segmentation_payback_months') -%}
    {%- if months is not number or months <= 0 or months > 12 -%}
        {%- do problems.append(
            "segmentation_payback_months is '" ~ months ~ "'; use more than 0 and at most "
            ~ "12 months, as far as forecasts reach."
        ) -%}
    {%- endif -%}
    {%- for name in ['least_reach_share', 'assumed_margin_rate'] -%}
        {%- set share = var('segmentation_' ~ name) -%}
        {%- if not (segmentation.is_share(share)
            or name == 'assumed_margin_rate' and share is none) -%}
            {%- do problems.append(
                "segmentation_" ~ name ~ " is '" ~ share ~ "'; use a share above 0 and at "
                ~ "most 1" ~ (", or null" if name == 'assumed_margin_rate' else "") ~ "."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do problems.extend(segmentation.service_tier_problems()) -%}
    {{ return(problems) }}
{% endmacro %}


{% macro scorecard_setting(name) %}
    {#- The models are made of these: what is wrong has to be said while parsing. -#}
    {%- do segmentation.refuse(segmentation.scorecard_problems()) -%}
    {{ return(var('segmentation_' ~ name)) }}
{% endmacro %}


{% macro service_tier_problems() %}
    {%- set problems = [] -%}
    {%- set tiers = var('segmentation_service_tiers') -%}
    {%- set expected = "; write a list such as [{code: priority, top_share: 0.15}, {code: "
        ~ "standard, top_share: 0.75, not_profiled: true}, {code: self_service}]: shares "
        ~ "rise, the last entry is for everybody else and has none, and one may say "
        ~ "not_profiled." -%}
    {%- set state = namespace(share=0, is_wrong=not segmentation.is_list(tiers)) -%}
    {%- for tier in tiers if not state.is_wrong -%}
        {%- if tier is not mapping or tier.code is not string
            or tier.keys() | reject('in', ['code', 'top_share', 'not_profiled']) | list
            or loop.last and 'top_share' in tier
            or not loop.last and not segmentation.is_share(tier.get('top_share'))
            or not loop.last and tier.top_share <= state.share -%}
            {%- set state.is_wrong = true -%}
        {%- elif not modules.re.match('^[a-z][a-z0-9_]*$', tier.code) -%}
            {%- do problems.append(
                "segmentation_service_tiers has the code '" ~ tier.code ~ "'; use lower "
                ~ "case letters, digits and underscores."
            ) -%}
        {%- endif -%}
        {%- set state.share = tier.top_share if not loop.last and not state.is_wrong
            else state.share -%}
    {%- endfor -%}
    {%- if state.is_wrong
        or tiers | selectattr('not_profiled', 'defined') | list | length > 1 -%}
        {%- do problems.append(
            "segmentation_service_tiers is " ~ tojson(tiers) ~ expected
        ) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro has_keys(value, keys) %}
    {{ return(value is mapping and value.keys() | sort == keys | sort) }}
{% endmacro %}


{% macro is_share(value) %}
    {{ return(
        value is number and value is not boolean and value > 0 and value <= 1
    ) }}
{% endmacro %}
