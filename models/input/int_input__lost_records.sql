{{ config(
    schema=segmentation.segmentation_schema('internal'),
    materialized='incremental',
    incremental_strategy='append',
    full_refresh=false
) }}

{#- The materialization `state` writes the rows of the build at hand. -#}
select
    cast(null as bigint) as run_number,
    cast(null as {{ dbt.type_string() }}) as source_system,
    cast(null as {{ dbt.type_string() }}) as source_customer_id
where false
