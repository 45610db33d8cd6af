{% macro question_problems() %}
    {#- What is wrong with the settings of questions. -#}
    {%- set keys = ['cap_7d', 'cap_30d', 'cool_down_days', 'declined_days',
        'fewest_respondents', 'most_refused_share', 'purposes', 'surfaces'] -%}
    {%- set given = var('segmentation_questions') -%}
    {%- if not segmentation.has_keys(given, keys) -%}
        {{ return(["segmentation_questions is " ~ tojson(given) ~ "; write all of "
            ~ keys | join(', ') ~ " and nothing else."]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {%- for name, least, unit in [
        ('cap_7d', 0, 'questions'), ('cap_30d', 0, 'questions'),
        ('cool_down_days', 0, 'days'), ('declined_days', 1, 'days'),
        ('fewest_respondents', 10, 'people'),
    ] -%}
        {%- set number = given[name] -%}
        {%- if not (number is none and name == 'declined_days') and (
            number is not integer or number is boolean or number < least
        ) -%}
            {%- do problems.append(
                name ~ " is '" ~ number ~ "'; use a whole number of " ~ unit ~ ", "
                ~ least ~ " or more" ~ (
                    ", or null for ever" if name == 'declined_days' else ""
                )
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- if not problems and given.cap_7d > given.cap_30d -%}
        {%- do problems.append(
            "cap_7d is " ~ given.cap_7d ~ " and cap_30d " ~ given.cap_30d
            ~ "; the cap of the month must not be the lower one"
        ) -%}
    {%- endif -%}
    {%- if not segmentation.is_share(given.most_refused_share) -%}
        {%- do problems.append(
            "most_refused_share is '" ~ given.most_refused_share
            ~ "'; use a share above 0 and at most 1"
        ) -%}
    {%- endif -%}
    {%- do problems.extend(segmentation.problems_of_purposes(given.purposes)) -%}
    {%- do problems.extend(segmentation.problems_of_surfaces(given.surfaces)) -%}
    {%- set told = [] -%}
    {%- for problem in problems -%}
        {%- do told.append("segmentation_questions: " ~ problem ~ ".") -%}
    {%- endfor -%}
    {{ return(told) }}
{% endmacro %}


{% macro problems_of_purposes(purposes) %}
    {#- Without one, a question would need no more than the channel does. -#}
    {%- if not segmentation.is_list(purposes) -%}
        {{ return(["purposes are " ~ tojson(purposes) ~ "; write a list, such as "
            ~ "[profiling]"]) }}
    {%- endif -%}
    {%- set problems = [] -%}
    {#- Profiling is a purpose in every company; without consents to it nobody is asked. -#}
    {%- for purpose in purposes
        if purpose not in var('segmentation_purposes') and purpose != 'profiling' -%}
        {%- do problems.append(
            "it needs the purpose '" ~ purpose ~ "', which segmentation_purposes does not "
            ~ "list: " ~ var('segmentation_purposes') | join(', ')
        ) -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro problems_of_surfaces(surfaces) %}
    {%- set example = "[{code: web, channel: web}]" -%}
    {%- if surfaces is none -%}{{ return([]) }}{%- endif -%}
    {%- if not segmentation.is_list(surfaces) -%}
        {{ return(["surfaces are " ~ tojson(surfaces) ~ "; write a list, such as "
            ~ example ~ ", or null for the usual ones"]) }}
    {%- endif -%}
    {%- set problems, codes = [], [] -%}
    {%- for surface in surfaces -%}
        {%- if not segmentation.has_keys(surface, ['code', 'channel'])
            or not modules.re.match('^[a-z][a-z0-9_]*$', surface.code | string) -%}
            {%- do problems.append(
                "the surface " ~ tojson(surface) ~ " needs a code in lower case and a "
                ~ "channel, such as " ~ example
            ) -%}
        {%- else -%}
            {%- if surface.channel not in segmentation.channel_codes() -%}
                {%- do problems.append(
                    "the surface '" ~ surface.code ~ "' has the channel '"
                    ~ surface.channel ~ "'; segmentation_channels has "
                    ~ segmentation.channel_codes() | join(', ')
                ) -%}
            {%- endif -%}
            {%- if surface.code in codes -%}
                {%- do problems.append(
                    "the surface '" ~ surface.code ~ "' is there twice"
                ) -%}
            {%- endif -%}
            {%- do codes.append(surface.code) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}
