{% macro hash_number(hash) %}
    {#- The first 15 digits of a hash in hexadecimal as a number. -#}
    {{ return(adapter.dispatch('hash_number', 'segmentation')(hash)) }}
{% endmacro %}


{% macro default__hash_number(hash) %}
    {{ return("cast('0x' || substring(" ~ hash ~ ", 1, 15) as bigint)") }}
{% endmacro %}


{% macro postgres__hash_number(hash) %}
    {{ return(
        "cast(cast('x' || substring(" ~ hash ~ ", 1, 15) as bit(60)) as bigint)"
    ) }}
{% endmacro %}


{% macro snowflake__hash_number(hash) %}
    {{ return(
        "to_number(substring(" ~ hash ~ ", 1, 15), '" ~ 'X' * 15 ~ "')"
    ) }}
{% endmacro %}


{% macro redshift__hash_number(hash) %}
    {{ return("strtol(substring(" ~ hash ~ ", 1, 15), 16)") }}
{% endmacro %}


{% macro spark__hash_number(hash) %}
    {{ return("cast(conv(substring(" ~ hash ~ ", 1, 15), 16, 10) as bigint)") }}
{% endmacro %}
