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
        max(max_record_count) as max_record_count,
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
            coalesce(limits.max_record_count, other.max_record_count)
            as {{ dbt.type_string() }}
        ) as drop_reason
    from counted
    cross join other
    left join limits on counted.identifier_type = limits.identifier_type
    where
        counted.record_count
        > coalesce(limits.max_record_count, other.max_record_count)

),

final as (

    select
        records.record_number,
        identifiers.source_system,
        identifiers.source_customer_id,
        identifiers.identifier_type,
        identifiers.identifier_key,
        coalesce(identifiers.block_reason, over_limit.drop_reason) as drop_reason
    from identifiers
    inner join records
        on
            identifiers.source_system = records.source_system
            and identifiers.source_customer_id = records.source_customer_id
    left join over_limit
        on
            identifiers.identifier_type = over_limit.identifier_type
            and identifiers.identifier_key = over_limit.identifier_key
    where identifiers.block_reason is not null or over_limit.drop_reason is not null

)

select * from final
