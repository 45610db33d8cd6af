{% macro binary_order(expression) %}
    {{ return(adapter.dispatch('binary_order', 'segmentation')(expression)) }}
{% endmacro %}


{% macro default__binary_order(expression) %}
    {{ return(expression) }}
{% endmacro %}


{% macro postgres__binary_order(expression) %}
    {#- Other engines compare bytes; here the database's locale would decide ties. -#}
    {{ return(expression ~ ' collate "C"') }}
{% endmacro %}
