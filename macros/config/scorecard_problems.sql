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


{% macro service_tier_problems() %}
    {%- set problems = [] -%}
    {%- set tiers = var('segmentation_service_tiers') -%}
    {%- if not segmentation.is_list(tiers) or tiers | reject('mapping') | list
        or tiers | rejectattr('code', 'string') | list
        or tiers[:-1] | rejectattr('value_tiers', 'sequence') | list
        or 'value_tiers' in tiers[-1] -%}
        {{ return(["segmentation_service_tiers is " ~ tojson(tiers) ~ "; write a list such "
            ~ "as [{code: priority, value_tiers: [platinum]}, {code: standard}], whose "
            ~ "last entry is for everybody else and names no value_tiers."]) }}
    {%- endif -%}
    {%- set known = var('segmentation_value_tiers') | map(attribute='code') | list
        + ['dormant'] + segmentation.reserved_codes() -%}
    {%- set named = [] -%}
    {%- for tier in tiers -%}
        {%- do named.extend(tier.get('value_tiers', [])) -%}
        {%- if not modules.re.match('^[a-z][a-z0-9_]*$', tier.code) -%}
            {%- do problems.append(
                "segmentation_service_tiers has the code '" ~ tier.code ~ "'; use lower "
                ~ "case letters, digits and underscores."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- for code in named -%}
        {%- if code not in known -%}
            {%- do problems.append(
                "segmentation_service_tiers names the value tier '" ~ code
                ~ "'. Valid are " ~ known | join(', ') ~ "."
            ) -%}
        {%- elif code in named[:loop.index0] -%}
            {%- do problems.append(
                "segmentation_service_tiers names the value tier '" ~ code ~ "' twice; a "
                ~ "customer is served in one way."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
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
