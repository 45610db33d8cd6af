{{ segmentation.lasting_config('internal') }}

{#- Written before the first model and after the last one: macros/state. -#}
select
    cast(null as bigint) as run_number,
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as date) as as_of_date,
    cast(null as date) as previous_as_of_date,
    cast(null as {{ dbt.type_string() }}) as settings_hash,
    cast(null as boolean) as is_continued,
    cast(null as boolean) as is_complete
where false
