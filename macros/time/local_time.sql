{% macro local_time(timestamp_utc) %}
    {#- Wall time in the configured zone; the identity when that zone is UTC. -#}
    {%- set zone = segmentation.setting('timezone') -%}
    {%- if zone == 'UTC' -%}
        {{ return(timestamp_utc) }}
    {%- endif -%}
    {{ return(adapter.dispatch('local_time', 'segmentation')(timestamp_utc, zone)) }}
{% endmacro %}


{% macro default__local_time(timestamp_utc, zone) %}
    {{ return(
        "((" ~ timestamp_utc ~ " at time zone 'UTC') at time zone '" ~ zone ~ "')"
    ) }}
{% endmacro %}


{% macro utc_time(timestamp_local, zone=none) %}
    {{ return(adapter.dispatch('utc_time', 'segmentation')(
        timestamp_local, zone or segmentation.setting('timezone')
    )) }}
{% endmacro %}


{% macro default__utc_time(timestamp_local, zone) %}
    {{ return(
        "((" ~ timestamp_local ~ ") at time zone '" ~ zone ~ "') at time zone 'UTC'"
    ) }}
{% endmacro %}


{% macro local_date(timestamp_utc) %}
    {{ return("cast(" ~ segmentation.local_time(timestamp_utc) ~ " as date)") }}
{% endmacro %}
