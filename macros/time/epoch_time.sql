{% macro epoch_time(expression, unit='milliseconds') %}
    {#- A number that cannot be meant as a time stays a number: input sets it aside with
        its own text, where a cast would stop the build. -#}
    {%- set per_second = {'seconds': 1, 'milliseconds': 1000}[unit] -%}
    {%- set year_1900, year_2200 = -2208988800, 7258118400 -%}
    {%- set moment = adapter.dispatch('epoch_moment', 'segmentation')(
        expression, per_second
    ) -%}
    {{ return(
        "case when " ~ expression ~ " between " ~ year_1900 * per_second ~ " and "
        ~ year_2200 * per_second ~ " then cast(" ~ moment ~ " as " ~ dbt.type_string()
        ~ ") else cast(" ~ expression ~ " as " ~ dbt.type_string() ~ ") end"
    ) }}
{% endmacro %}


{% macro default__epoch_moment(expression, per_second) %}
    {{ return("make_timestamp(" ~ expression ~ " * " ~ 1000000 // per_second ~ ")") }}
{% endmacro %}


{% macro postgres__epoch_moment(expression, per_second) %}
    {{ return(
        "(cast('1970-01-01' as timestamp) + " ~ expression ~ " * interval '"
        ~ 1000000 // per_second ~ " microseconds')"
    ) }}
{% endmacro %}


{% macro snowflake__epoch_moment(expression, per_second) %}
    {{ return("to_timestamp_ntz(" ~ expression ~ ", " ~ {1: 0, 1000: 3}[per_second] ~ ")") }}
{% endmacro %}


{% macro bigquery__epoch_moment(expression, per_second) %}
    {{ return(segmentation.spark__epoch_moment(expression, per_second)) }}
{% endmacro %}


{% macro spark__epoch_moment(expression, per_second) %}
    {{ return(
        "timestamp_micros(" ~ expression ~ " * " ~ 1000000 // per_second ~ ")"
    ) }}
{% endmacro %}
