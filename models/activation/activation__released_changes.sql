{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ text }}) as run_id,
    cast(null as {{ dbt.type_bigint() }}) as change_number,
    cast(null as {{ text }}) as platform,
    cast(null as {{ text }}) as audience_code,
    cast(null as {{ text }}) as audience_kind,
    cast(null as {{ text }}) as member_hash,
    cast(null as {{ text }}) as change_type,
    cast(null as {{ text }}) as consent_references,
    cast(null as {{ dbt.type_bigint() }}) as refresh_epoch,
    cast(null as boolean) as is_first_sync
where false
