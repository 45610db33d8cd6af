{% macro lasting_config(schema='ledger') %}
    {#- A full refresh leaves the rows alone; a column that is new comes with the next
        build. -#}
    {{ config(
        schema=segmentation.segmentation_schema(schema),
        materialized='incremental',
        incremental_strategy='append',
        full_refresh=false,
        on_schema_change='append_new_columns'
    ) }}
{% endmacro %}
