{% macro customer_hash(source_system, source_customer_id) %}
    {#- The id of a customer whose anchor is this record: a function of the data. -#}
    {{ return(dbt.hash(source_system ~ " || '/' || " ~ source_customer_id)) }}
{% endmacro %}
