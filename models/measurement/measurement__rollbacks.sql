{{ segmentation.lasting_config() }}

{#- `segment rollback` writes the rows. -#}
select
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as {{ dbt.type_string() }}) as previous_run_id,
    cast(null as {{ dbt.type_string() }}) as reason,
    cast(null as {{ dbt.type_timestamp() }}) as rolled_back_at
where false
