{{ config(schema=segmentation.segmentation_schema('identity')) }}

with limits as (

    select * from {{ ref('identifier_limits') }}

),

other as (

    select max(max_values_per_customer) as max_values_per_customer
    from limits
    where identifier_type is null

),

held as (

    select
        components.label,
        components.node,
        identifiers.identifier_type,
        identifiers.identifier_key,
        coalesce(limits.max_values_per_customer, other.max_values_per_customer)
            as max_value_count
    from {{ ref('int_identity__components') }} as components
    inner join {{ ref('int_identity__records') }} as records
        on components.node = records.record_number
    inner join {{ ref('int_identity__identifiers') }} as identifiers
        on
            records.source_system = identifiers.source_system
            and records.source_customer_id = identifiers.source_customer_id
    cross join other
    left join limits
        on identifiers.identifier_type = limits.identifier_type
    left join {{ ref('identity__dropped_identifiers') }} as dropped
        on
            records.record_number = dropped.record_number
            and identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
    where identifiers.block_reason is null and dropped.record_number is null

),

crowded as (

    select
        label,
        identifier_type
    from held
    group by label, identifier_type
    having count(distinct identifier_key) > min(max_value_count)

),

final as (

    select held.*
    from held
    inner join crowded
        on
            held.label = crowded.label
            and held.identifier_type = crowded.identifier_type

)

select * from final
