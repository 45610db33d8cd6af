{{ config(schema=segmentation.segmentation_schema('internal')) }}

with dropped as (

    select * from {{ ref('identity__dropped_identifiers') }}

),

identifiers as (

    select
        identifiers.identifier_type,
        identifiers.identifier_key,
        records.record_number
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('int_identity__records') }} as records
        on
            identifiers.source_system = records.source_system
            and identifiers.source_customer_id = records.source_customer_id
    where
        identifiers.block_reason is null
        -- What people write is compared; what systems issue is exact.
        and identifiers.identifier_type not in ('email', 'phone', 'national_id')

),

final as (

    select identifiers.*
    from identifiers
    left join dropped
        on
            identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
            and identifiers.record_number = dropped.record_number
    where dropped.record_number is null

)

select * from final
