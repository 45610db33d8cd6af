{{ segmentation.lasting_config() }}
{{ config(indexes=segmentation.server_indexes(['as_of_date', 'customer_id'])) }}

{%- set text = dbt.type_string() %}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ text }}) as run_id,
    cast(null as {{ text }}) as customer_id,
    cast(null as {{ text }}) as change_type,
    cast(null as {{ text }}) as primary_segment,
    cast(null as {{ text }}) as value_tier,
    cast(null as {{ text }}) as rfm,
    cast(null as {{ text }}) as lifecycle,
    cast(null as {{ text }}) as behavior,
    cast(null as {{ text }}) as demographic,
    cast(null as {{ text }}) as psychographic,
    cast(null as {{ text }}) as behavior_origin,
    cast(null as date) as as_of_date,
    cast(null as {{ dbt.type_timestamp() }}) as released_at
where false
