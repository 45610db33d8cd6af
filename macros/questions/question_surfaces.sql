{% macro question_surfaces() %}
    {#- A purpose that the channel and the settings both need is one. -#}
    {%- set surfaces = segmentation.asked_surfaces() -%}
    {%- for surface in surfaces %}
    {%- set purposes = segmentation.surface_purposes(surface) %}
    {%- set place = loop.index %}
    {%- for purpose in purposes %}
    select
        '{{ surface.code }}' as surface,
        '{{ surface.channel }}' as channel,
        '{{ purpose }}' as purpose,
        {{ purposes | length }} as purpose_count,
        {{ place }} as surface_place
    union all
    {%- endfor %}
    {%- endfor %}
    select
        'none' as surface,
        'none' as channel,
        'none' as purpose,
        0 as purpose_count,
        0 as surface_place
    where false
{% endmacro %}


{% macro asked_surfaces() %}
    {#- Unless somebody says otherwise, those of the usual ones that have a channel. -#}
    {%- set given = var('segmentation_questions').surfaces -%}
    {%- if given is not none -%}{{ return(given) }}{%- endif -%}
    {%- set usual = [
        {'code': 'web', 'channel': 'web'}, {'code': 'app', 'channel': 'web'},
        {'code': 'mail', 'channel': 'email'},
    ] -%}
    {{ return(
        usual | selectattr('channel', 'in', segmentation.channel_codes()) | list
    ) }}
{% endmacro %}


{% macro surface_purposes(surface) %}
    {%- set needed = [] -%}
    {%- for channel in var('segmentation_channels')
        if channel.code == surface.channel -%}
        {%- do needed.extend(channel.purposes) -%}
    {%- endfor -%}
    {%- do needed.extend(var('segmentation_questions').purposes) -%}
    {{ return(needed | unique | list) }}
{% endmacro %}
