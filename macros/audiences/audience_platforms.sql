{% macro audience_platforms() %}
    {#- Which audience is sent to which platform. -#}
    {%- for audience in segmentation.audiences() %}
    {%- for platform in audience.platforms %}
    select
        {{ segmentation.text_literal(audience.code) }} as audience_code,
        {{ segmentation.text_literal(platform) }} as platform
    union all
    {%- endfor %}
    {%- endfor %}
    select
        {{ segmentation.text_literal(none) }} as audience_code,
        {{ segmentation.text_literal(none) }} as platform
    where 1 = 0
{% endmacro %}
