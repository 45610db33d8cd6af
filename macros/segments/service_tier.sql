{% macro service_tier(value_tier) %}
    {#- How a customer is served follows from their value alone. -#}
    case
    {%- for code, service in segmentation.served_codes().items() %}
            when {{ value_tier }} = '{{ code }}' then '{{ service }}'
    {%- endfor %}
            else '{{ segmentation.scorecard_setting('service_tiers')[-1].code }}'
        end
{%- endmacro %}


{% macro served_codes() %}
    {#- From a code of value_tier to the service tier, but for the last of these. -#}
    {%- set codes = {} -%}
    {%- for service in segmentation.scorecard_setting('service_tiers')[:-1] -%}
        {%- for tier in var('segmentation_value_tiers')
            if tier.top_share <= service.top_share and tier.code not in codes -%}
            {%- do codes.update({tier.code: service.code}) -%}
        {%- endfor -%}
        {%- if service.get('not_profiled') -%}
            {%- do codes.update({'not_profiled': service.code}) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(codes) }}
{% endmacro %}
