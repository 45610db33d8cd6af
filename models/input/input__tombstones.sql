{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}

{#- `segment erase` writes the rows. -#}
select
    cast(null as {{ text }}) as erasure_id,
    cast(null as {{ text }}) as kind,
    cast(null as {{ text }}) as digest,
    cast(null as {{ text }}) as key_check,
    cast(null as {{ dbt.type_timestamp() }}) as erased_at
where false
