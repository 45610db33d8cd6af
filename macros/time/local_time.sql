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


{% macro spark__local_time(timestamp_utc, zone) %}
    {{ return("from_utc_timestamp(" ~ timestamp_utc ~ ", '" ~ zone ~ "')") }}
{% endmacro %}


{% macro snowflake__local_time(timestamp_utc, zone) %}
    {{ return(segmentation.converted_time(timestamp_utc, 'UTC', zone)) }}
{% endmacro %}


{% macro redshift__local_time(timestamp_utc, zone) %}
    {{ return(segmentation.converted_time(timestamp_utc, 'UTC', zone)) }}
{% endmacro %}


{% macro bigquery__local_time(timestamp_utc, zone) %}
    {#- A timestamp that is to be read as the wall time. -#}
    {{ return("timestamp(datetime(" ~ timestamp_utc ~ ", '" ~ zone ~ "'))") }}
{% endmacro %}


{% macro converted_time(moment, from_zone, to_zone) %}
    {{ return(
        "convert_timezone('" ~ from_zone ~ "', '" ~ to_zone ~ "', " ~ moment ~ ")"
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


{% macro spark__utc_time(timestamp_local, zone) %}
    {%- set moment = "to_utc_timestamp(" ~ timestamp_local ~ ", '" ~ zone ~ "')" -%}
    {{ return(segmentation.later_of_two(moment, "'" ~ zone ~ "'")) }}
{% endmacro %}


{% macro snowflake__utc_time(timestamp_local, zone) %}
    {{ return(segmentation.converted_time(timestamp_local, zone, 'UTC')) }}
{% endmacro %}


{% macro redshift__utc_time(timestamp_local, zone) %}
    {{ return(segmentation.converted_time(timestamp_local, zone, 'UTC')) }}
{% endmacro %}


{% macro bigquery__utc_time(timestamp_local, zone) %}
    {{ return("timestamp(datetime(" ~ timestamp_local ~ "), '" ~ zone ~ "')") }}
{% endmacro %}


{% macro local_date(timestamp_utc) %}
    {{ return("cast(" ~ segmentation.local_time(timestamp_utc) ~ " as date)") }}
{% endmacro %}
