{% macro channel_caps() %}
    {%- for channel in var('segmentation_channels') %}
    select
        '{{ channel.code }}' as channel,
        {%- for days in [7, 30] %}
        {%- set cap = channel['cap_' ~ days ~ 'd'] %}
        cast({{ cap if cap is number else 'null' }} as bigint) as message_cap_{{ days }}d
        {{- ',' if not loop.last }}
        {%- endfor %}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
