{% macro channel_purposes() %}
    {%- for channel in var('segmentation_channels') %}
    {%- set is_last = loop.last %}
    {%- for purpose in channel.purposes %}
    select
        '{{ channel.code }}' as channel,
        '{{ purpose }}' as purpose,
        {{ channel.purposes | length }} as purpose_count
    {{ 'union all' if not (loop.last and is_last) }}
    {%- endfor %}
    {%- endfor %}
{% endmacro %}
