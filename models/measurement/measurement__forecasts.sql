{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}

{#- Publishing writes the rows, after the models have been built. -#}
select
    cast(null as {{ text }}) as run_id,
    cast(null as {{ text }}) as quarter,
    cast(null as {{ text }}) as customer_id,
    cast(null as {{ text }}) as primary_segment,
    cast(null as {{ text }}) as value_tier,
    cast(null as {{ text }}) as value_version,
    cast(null as {{ text }}) as row_hash,
    cast(null as double precision) as order_probability,
    cast(null as double precision) as expected_orders,
    cast(null as double precision) as orders_variance,
    cast(null as numeric(18, 2)) as expected_revenue,
    cast(null as double precision) as revenue_variance,
    cast(null as date) as as_of_date,
    cast(null as date) as quarter_start_date,
    cast(null as date) as quarter_end_date,
    cast(null as {{ dbt.type_timestamp() }}) as sealed_at
where false
