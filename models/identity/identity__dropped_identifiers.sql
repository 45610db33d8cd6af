{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

with identifiers as (

    select * from {{ ref('int_identity__identifiers') }}

),

records as (

    select * from {{ ref('int_identity__records') }}

),

limits as (

    select * from {{ ref('identifier_limits') }}

),

other as (

    select
        max(max_records_per_value) as max_records_per_value,
        max(max_values_per_record) as max_values_per_record,
        max(reason) as reason
    from limits
    where identifier_type is null

),

counted as (

    select
        identifier_type,
        identifier_key,
        count(*) as record_count
    from identifiers
    where block_reason is null
    group by identifier_type, identifier_key

),

over_limit as (

    select
        counted.identifier_type,
        counted.identifier_key,
        coalesce(limits.reason, other.reason)
        || ': ' || cast(counted.record_count as {{ dbt.type_string() }})
        || ' records, limit ' || cast(
            coalesce(limits.max_records_per_value, other.max_records_per_value)
            as {{ dbt.type_string() }}
        ) as drop_reason
    from counted
    cross join other
    left join limits on counted.identifier_type = limits.identifier_type
    where
        counted.record_count
        > coalesce(limits.max_records_per_value, other.max_records_per_value)

),

held as (

    select
        source_system,
        source_customer_id,
        identifier_type,
        count(*) as value_count
    from identifiers
    where block_reason is null
    group by source_system, source_customer_id, identifier_type

),

-- Such as a browser on which two people log in.
of_several as (

    select
        held.source_system,
        held.source_customer_id,
        held.identifier_type,
        'more values than one person uses: '
        || cast(held.value_count as {{ dbt.type_string() }})
        || ' values, limit ' || cast(
            coalesce(limits.max_values_per_record, other.max_values_per_record)
            as {{ dbt.type_string() }}
        ) as drop_reason
    from held
    cross join other
    left join limits on held.identifier_type = limits.identifier_type
    where
        held.value_count
        > coalesce(limits.max_values_per_record, other.max_values_per_record)

),

dropped as (

    select
        identifiers.source_system,
        identifiers.source_customer_id,
        identifiers.identifier_type,
        identifiers.identifier_key,
        coalesce(
            identifiers.block_reason, over_limit.drop_reason, of_several.drop_reason
        ) as drop_reason
    from identifiers
    left join over_limit
        on
            identifiers.identifier_type = over_limit.identifier_type
            and identifiers.identifier_key = over_limit.identifier_key
    left join of_several
        on
            identifiers.source_system = of_several.source_system
            and identifiers.source_customer_id = of_several.source_customer_id
            and identifiers.identifier_type = of_several.identifier_type

),

-- Numbers are looked up for these few alone.
final as (

    select
        records.record_number,
        dropped.source_system,
        dropped.source_customer_id,
        dropped.identifier_type,
        dropped.identifier_key,
        dropped.drop_reason
    from dropped
    inner join records
        on
            dropped.source_system = records.source_system
            and dropped.source_customer_id = records.source_customer_id
    where dropped.drop_reason is not null

)

select * from final
