{{ config(
    schema=segmentation.segmentation_schema('ledger'),
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as {{ dbt.type_bigint() }}) as customer_count,
    cast(null as date) as as_of_date
where false
