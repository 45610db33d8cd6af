{% macro channel_problems() %}
    {#- What is wrong with the purposes and channels of contact. -#}
    {%- set problems = [] -%}
    {%- set purposes, channels = [], [] -%}
    {%- for name, entries in {
        'purposes': var('segmentation_purposes'), 'channels': var('segmentation_channels')
    }.items() -%}
        {%- if segmentation.is_list(entries) -%}
            {%- do (purposes if name == 'purposes' else channels).extend(entries) -%}
        {%- else -%}
            {%- do problems.append(
                "segmentation_" ~ name ~ " is " ~ tojson(entries) ~ "; write a list with "
                ~ "one entry or more."
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set codes = [] -%}
    {%- for purpose in purposes -%}
        {%- do codes.append(['segmentation_purposes', purpose]) -%}
    {%- endfor -%}
    {%- for channel in channels -%}
        {%- set code = channel.get('code') if channel is mapping else channel -%}
        {%- do codes.append(['segmentation_channels', code]) -%}
        {%- for problem in segmentation.problems_of_channel(channel, purposes) -%}
            {%- do problems.append(
                "segmentation_channels: '" ~ code ~ "' " ~ problem ~ "."
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for setting, code in codes -%}
        {%- if not modules.re.match('^[a-z][a-z0-9_]*$', code | string) -%}
            {%- do problems.append(
                setting ~ " has '" ~ code ~ "'; use lower case letters, digits and "
                ~ "underscores."
            ) -%}
        {%- elif [setting, code] in codes[:loop.index0] -%}
            {%- do problems.append(setting ~ " has '" ~ code ~ "' twice.") -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro problems_of_channel(channel, purposes) %}
    {%- set problems = [] -%}
    {%- if channel is not mapping -%}
        {{ return(['is no channel; write {code: email, identifiers: [email], purposes: '
            ~ '[direct_marketing], cap_7d: 3, cap_30d: 8}']) }}
    {%- endif -%}
    {%- set unknown = channel.keys() | reject(
        'in', ['code', 'identifiers', 'purposes', 'cap_7d', 'cap_30d']
    ) | list -%}
    {%- if unknown -%}
        {%- do problems.append(
            'has ' ~ unknown | join(', ') ~ '; a channel has code, identifiers, purposes, '
            ~ 'cap_7d and cap_30d'
        ) -%}
    {%- endif -%}
    {%- if not segmentation.is_list(channel.get('identifiers')) -%}
        {%- do problems.append(
            'has no list of identifiers; name the kinds that reach people on it, such as '
            ~ '[email]'
        ) -%}
    {%- else -%}
        {%- for kind in channel.identifiers
            if not modules.re.match('^[a-z][a-z0-9_]*$', kind | string) -%}
            {%- do problems.append(
                "reaches people by '" ~ kind ~ "'; kinds of identifiers are lower case "
                ~ "letters, digits and underscores"
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- if not segmentation.is_list(channel.get('purposes')) -%}
        {%- do problems.append(
            'has no list of purposes; without one nothing would have to be consented to'
        ) -%}
    {%- else -%}
        {%- for purpose in channel.purposes if purpose not in purposes -%}
            {%- do problems.append(
                "needs the purpose '" ~ purpose ~ "', which segmentation_purposes does "
                ~ "not list: " ~ purposes | join(', ')
            ) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for days in ['7d', '30d'] -%}
        {%- set cap = channel.get('cap_' ~ days) -%}
        {%- if cap is not none and (cap is not integer or cap is boolean or cap < 0) -%}
            {%- do problems.append(
                "has the cap_" ~ days ~ " '" ~ cap ~ "'; use a whole number of messages, "
                ~ "or null for no cap"
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro is_list(value) %}
    {{ return(
        value is sequence and value is not string and value is not mapping
        and value | length > 0
    ) }}
{% endmacro %}
