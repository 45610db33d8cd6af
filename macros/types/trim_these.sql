{% macro trim_these(expression, characters, side='both') %}
    {{ return(adapter.dispatch('trim_these', 'segmentation')(
        expression, characters, side
    )) }}
{% endmacro %}


{% macro default__trim_these(expression, characters, side) %}
    {{ return("trim(" ~ side ~ " '" ~ characters ~ "' from " ~ expression ~ ")") }}
{% endmacro %}


{% macro snowflake__trim_these(expression, characters, side) %}
    {{ return(
        {'both': 'trim', 'leading': 'ltrim'}[side] ~ "(" ~ expression ~ ", '"
        ~ characters ~ "')"
    ) }}
{% endmacro %}


{% macro bigquery__trim_these(expression, characters, side) %}
    {{ return(segmentation.snowflake__trim_these(expression, characters, side)) }}
{% endmacro %}
