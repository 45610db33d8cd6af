{{ config(
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['node_a'])
) }}

with holders as (

    select * from {{ ref('int_identity__holders') }}

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
