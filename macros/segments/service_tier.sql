{% macro service_tier(value_tier) %}
    {#- How a customer is served follows from their value alone. -#}
    case
    {%- for tier in var('segmentation_service_tiers')[:-1] %}
        {%- for code in tier.value_tiers %}
            when {{ value_tier }} = '{{ code }}' then '{{ tier.code }}'
        {%- endfor %}
    {%- endfor %}
            else '{{ var('segmentation_service_tiers')[-1].code }}'
        end
{%- endmacro %}
