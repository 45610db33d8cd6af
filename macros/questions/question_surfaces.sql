{% macro question_surfaces() %}
    {#- A purpose that the channel and the settings both need is one. -#}
    {%- set settings = var('segmentation_questions') -%}
    {%- for surface in settings.surfaces %}
    {%- set purposes = segmentation.surface_purposes(surface) %}
    {%- set place, is_last = loop.index, loop.last %}
    {%- for purpose in purposes %}
    select
        '{{ surface.code }}' as surface,
        '{{ surface.channel }}' as channel,
        '{{ purpose }}' as purpose,
        {{ purposes | length }} as purpose_count,
        {{ place }} as surface_place
    {{ 'union all' if not (loop.last and is_last) }}
    {%- endfor %}
    {%- endfor %}
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
