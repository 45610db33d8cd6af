{{ config(schema=segmentation.segmentation_schema('internal')) }}

with records as (

    {% for entity in ['customer_records', 'identifiers'] %}
    select distinct
        cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
        source_system,
        source_customer_id
    from {{ ref('input__' ~ entity) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

delivered as (

    select
        source_system,
        source_customer_id,
        max(case when block_reason is null then 1 else 0 end) as is_usable
    from {{ ref('int_identity__identifiers') }}
    group by source_system, source_customer_id

),

final as (

    select
        records.entity,
        records.source_system,
        cast(count(*) as bigint) as record_count,
        cast(count(delivered.is_usable) as bigint) as identifying_record_count,
        cast(coalesce(sum(delivered.is_usable), 0) as bigint) as usable_record_count
    from records
    left join delivered
        on
            records.source_system = delivered.source_system
            and records.source_customer_id = delivered.source_customer_id
    group by records.entity, records.source_system

)

select * from final
