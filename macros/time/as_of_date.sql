{% macro as_of_value() %}
    {#- The only clock: configured, or the day before the run in the local zone. -#}
    {#- What is refused while parsing need not be looked at for each use of a date. -#}
    {%- if not execute -%}
        {%- do segmentation.refuse(segmentation.clock_problems()) -%}
    {%- endif -%}
    {%- set configured = segmentation.setting('as_of') -%}
    {%- if configured is not none -%}
        {{ return((configured | string)[:10]) }}
    {%- endif -%}
    {%- set zone = modules.pytz.timezone(segmentation.setting('timezone')) -%}
    {%- set today = run_started_at.astimezone(zone).date() -%}
    {{ return((today - modules.datetime.timedelta(days=1)).isoformat()) }}
{% endmacro %}


{% macro as_of_date() %}
    {{ return("cast('" ~ segmentation.as_of_value() ~ "' as date)") }}
{% endmacro %}
