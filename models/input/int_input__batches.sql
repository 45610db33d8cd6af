{{ segmentation.lasting_config('internal') }}

{#- Written before the first model and after the last one: macros/state. -#}
select
    cast(null as bigint) as run_number,
    cast(null as {{ dbt.type_string() }}) as entity,
    cast(null as {{ dbt.type_string() }}) as source_system,
    cast(null as timestamp) as read_after,
    cast(null as {{ dbt.type_string() }}) as skip_before,
    cast(null as {{ dbt.type_string() }}) as last_order,
    cast(null as timestamp) as read_through,
    cast(null as bigint) as row_count,
    cast(null as bigint) as last_count,
    cast(null as bigint) as undated_count
where false
