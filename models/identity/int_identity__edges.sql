{{ config(
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['node_a'])
) }}

with identifiers as (

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

dropped as (

    select * from {{ ref('identity__dropped_identifiers') }}

),

holders as (

    select identifiers.*
    from identifiers
    left join dropped
        on
            identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
            and identifiers.record_number = dropped.record_number
    where dropped.record_number is null

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
        holders.identifier_type as rule_code,
        cast(null as numeric(18, 9)) as match_probability,
        1 = 1 as is_exact
    from centres
    inner join holders
        on
            centres.identifier_type = holders.identifier_type
            and centres.identifier_key = holders.identifier_key
    where centres.record_number <> holders.record_number
    union all
    select
        candidates.node_a,
        candidates.node_b,
        verdicts.rule_code,
        verdicts.match_probability,
        1 = 0 as is_exact
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    where verdicts.rule_code is not null
    union all
    select
        node_a,
        node_b,
        'include' as rule_code,
        cast(null as numeric(18, 9)) as match_probability,
        1 = 1 as is_exact
    from {{ ref('int_identity__overrides') }}
    where decision = 'include'

)

select * from final
