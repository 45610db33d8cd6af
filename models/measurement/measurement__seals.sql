{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ text }}) as run_id,
    cast(null as {{ text }}) as dataset,
    cast(null as {{ text }}) as kind,
    cast(null as {{ text }}) as subject,
    cast(null as {{ text }}) as content,
    cast(null as {{ dbt.type_bigint() }}) as row_count,
    cast(null as {{ dbt.type_timestamp() }}) as sealed_at
where false
