{% macro next_local_hour(hour) %}
    {#-
        The zone's clock is read here and not in SQL, as engines differ on hours that
        come twice or not at all. Of two the first counts; for one that is skipped, the
        instant at which the clock jumps.
    -#}
    {%- set as_of = modules.datetime.datetime.strptime(
        segmentation.as_of_value(), '%Y-%m-%d'
    ) -%}
    {%- set zone = modules.pytz.timezone(segmentation.setting('timezone')) -%}
    {%- set cases = [] -%}
    {%- for number in range(24) -%}
        {%- set wall = as_of + modules.datetime.timedelta(days=1, hours=number) -%}
        {%- set readings, real = [], [] -%}
        {%- for is_summer in [true, false] -%}
            {%- set instant = zone.localize(wall, is_dst=is_summer)
                .astimezone(modules.pytz.utc) -%}
            {%- do readings.append(instant) -%}
            {%- if instant.astimezone(zone).replace(tzinfo=none) == wall -%}
                {%- do real.append(instant) -%}
            {%- endif -%}
        {%- endfor -%}
        {%- set chosen = real | min if real else readings | max -%}
        {%- do cases.append(
            'when ' ~ number ~ ' then ' ~ segmentation.timestamp_literal(chosen)
        ) -%}
    {%- endfor -%}
    {{ return('case ' ~ hour ~ ' ' ~ cases | join(' ') ~ ' end') }}
{% endmacro %}
