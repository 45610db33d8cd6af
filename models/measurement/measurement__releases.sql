{{ segmentation.lasting_config() }}
{{ config(
    meta={
        'served_schemas': var('segmentation_served_schemas'),
        'readers': var('segmentation_readers')
    }
) }}

{#- Publishing writes the rows, after the models have been built. It may run outside of
    dbt, and finds in the manifest what this run was told about serving. -#}
select
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as {{ dbt.type_timestamp() }}) as released_at,
    cast(null as date) as as_of_date,
    cast(null as {{ dbt.type_string() }}) as content_hash,
    cast(null as {{ dbt.type_string() }}) as versions
where false
