{{ segmentation.lasting_config() }}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ dbt.type_string() }}) as run_id,
    cast(null as {{ dbt.type_bigint() }}) as customer_count,
    cast(null as date) as as_of_date
where false
