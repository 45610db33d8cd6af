{% macro channel_identifiers() %}
    {%- for channel in var('segmentation_channels') %}
    {%- set is_last = loop.last %}
    {%- for identifier_type in channel.identifiers %}
    select
        '{{ channel.code }}' as channel,
        '{{ identifier_type }}' as identifier_type,
        {{ loop.index }} as preference
    {{ 'union all' if not (loop.last and is_last) }}
    {%- endfor %}
    {%- endfor %}
{% endmacro %}
