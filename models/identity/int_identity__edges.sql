{{ config(schema=segmentation.segmentation_schema('internal')) }}

with holders as (

    select
        identifiers.identifier_type,
        identifiers.identifier_key,
        records.record_number
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('int_identity__records') }} as records
        on
            identifiers.source_system = records.source_system
            and identifiers.source_customer_id = records.source_customer_id
    where identifiers.block_reason is null

),

-- A star per identifier value: all pairs of a hub would not fit anywhere.
centres as (

    select
        identifier_type,
        identifier_key,
        min(record_number) as record_number
    from holders
    group by identifier_type, identifier_key
    having count(distinct record_number) > 1

),

final as (

    select distinct
        centres.record_number as node_a,
        holders.record_number as node_b,
        holders.identifier_type as rule_code
    from centres
    inner join holders
        on
            centres.identifier_type = holders.identifier_type
            and centres.identifier_key = holders.identifier_key
    where centres.record_number <> holders.record_number

)

select * from final
