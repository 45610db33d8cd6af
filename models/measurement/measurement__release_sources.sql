{{ segmentation.lasting_config() }}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as {{ dbt.type_string() }}) as entity,
    cast(null as {{ dbt.type_string() }}) as source_system,
    cast(null as {{ dbt.type_bigint() }}) as row_count
where false
