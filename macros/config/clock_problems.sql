{% macro clock_problems() %}
    {#- Parsing already needs these settings, before anything has started. -#}
    {%- set problems = [] -%}
    {%- set zone = segmentation.setting('timezone') -%}
    {#- A parser may come without the list of zones. -#}
    {%- set zones = modules.pytz.all_timezones -%}
    {%- if zones and zone not in zones -%}
        {%- do problems.append(
            "segmentation_timezone is '" ~ zone ~ "'; use a name of the IANA time zone "
            ~ "database such as Europe/Berlin or UTC."
        ) -%}
    {%- endif -%}
    {%- set day, time = '[0-9]{4}-[0-9]{2}-[0-9]{2}', '( [0-9]{2}(:[0-9]{2}){2})?' -%}
    {%- for name, pattern in {'as_of': day, 'known_at': day ~ time}.items() -%}
        {%- set given = segmentation.setting(name) | string -%}
        {%- if segmentation.setting(name) is not none and not (
            modules.re.match('^' ~ pattern ~ '$', given)
            and segmentation.is_day(given[:10])
        ) -%}
            {%- do problems.append(
                "segmentation_" ~ name ~ " is '" ~ given ~ "'; write a day as "
                ~ "2017-12-31"
                ~ (" or a time as 2017-12-31 23:59:59." if name == 'known_at' else ".")
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- set months = var('segmentation_history_months', 0) -%}
    {%- if months is not integer or months < 0 or months > 120 -%}
        {%- do problems.append(
            "segmentation_history_months is '" ~ months ~ "'; use a whole number from "
            ~ "0 (the as-of date alone) to 120."
        ) -%}
    {%- endif -%}
    {%- set days = var('segmentation_response_days', 14) -%}
    {%- if days is not integer or days < 1 or days > 90 -%}
        {%- do problems.append(
            "segmentation_response_days is '" ~ days ~ "'; use a whole number from 1 to "
            ~ "90."
        ) -%}
    {%- endif -%}
    {{ return(problems) }}
{% endmacro %}


{% macro is_day(text) %}
    {#- Whether the calendar has the day: not the 31st of February. -#}
    {%- set year, month, day = text[:4] | int, text[5:7] | int, text[8:] | int -%}
    {%- if year < 1900 or not 1 <= month <= 12 or not 1 <= day <= 31 -%}
        {{ return(false) }}
    {%- endif -%}
    {%- set reached = modules.datetime.date(year, month, 1)
        + modules.datetime.timedelta(days=day - 1) -%}
    {{ return(reached.month == month) }}
{% endmacro %}
