{% macro sha256_hex(expression) %}
    {{ return(adapter.dispatch('sha256_hex', 'segmentation')(expression)) }}
{% endmacro %}


{% macro default__sha256_hex(expression) %}
    {{ return('sha256(' ~ expression ~ ')') }}
{% endmacro %}


{% macro postgres__sha256_hex(expression) %}
    {{ return("encode(sha256(convert_to(" ~ expression ~ ", 'UTF8')), 'hex')") }}
{% endmacro %}


{% macro spark__sha256_hex(expression) %}
    {{ return('sha2(' ~ expression ~ ', 256)') }}
{% endmacro %}


{% macro snowflake__sha256_hex(expression) %}
    {{ return(segmentation.spark__sha256_hex(expression)) }}
{% endmacro %}


{% macro redshift__sha256_hex(expression) %}
    {{ return(segmentation.spark__sha256_hex(expression)) }}
{% endmacro %}


{% macro bigquery__sha256_hex(expression) %}
    {{ return('to_hex(sha256(' ~ expression ~ '))') }}
{% endmacro %}
