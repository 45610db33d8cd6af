{{ segmentation.state_config('identity', touched='int_input__touched_records') }}
{{ config(
    indexes=segmentation.server_indexes(['source_system', 'source_customer_id'])
) }}

{%- set run = segmentation.run_to_continue() %}

with delivered as (

    select
        records.source_system,
        records.source_customer_id,
        'email' as identifier_type,
        records.email as identifier_value
    from {{ ref('input__customer_records') }} as records
    {{ segmentation.only_touched('records', run) }}
    where records.email is not null
    union all
    select
        records.source_system,
        records.source_customer_id,
        'phone' as identifier_type,
        records.phone as identifier_value
    from {{ ref('input__customer_records') }} as records
    {{ segmentation.only_touched('records', run) }}
    where records.phone is not null
    union all
    select
        identifiers.source_system,
        identifiers.source_customer_id,
        lower(trim(identifiers.identifier_type)) as identifier_type,
        identifiers.identifier_value
    from {{ ref('input__identifiers') }} as identifiers
    {{ segmentation.only_touched('identifiers', run) }}

),

-- Distinct spellings first: normalising each delivered row would repeat the work.
spellings as (

    select distinct
        identifier_type,
        identifier_value
    from delivered

),

-- Once per spelling, not once per spelling and dialing code.
with_digits as (

    select
        identifier_type,
        identifier_value,
        case
            when
                identifier_type = 'phone'
                and {{ segmentation.is_international('identifier_value') }}
                then {{ segmentation.international_digits('identifier_value') }}
        end as international_digits
    from spellings

),

normalised as (

    select
        with_digits.identifier_type,
        with_digits.identifier_value,
        {{ segmentation.normalise_identifier(
            'with_digits.identifier_type',
            'with_digits.identifier_value',
            'dialing_codes.dialing_code',
        ) }} as identifier_key
    from with_digits
    left join {{ ref('dialing_codes') }} as dialing_codes
        on with_digits.international_digits like dialing_codes.dialing_code || '%'

),

judged as (

    select
        normalised.identifier_type,
        normalised.identifier_value,
        normalised.identifier_key,
        case
            when normalised.identifier_key is null then 'not a valid value'
            else min({{ segmentation.binary_order('blocked.reason') }})
        end as block_reason
    from normalised
    left join {{ ref('blocked_identifiers') }} as blocked
        on
            normalised.identifier_type = blocked.identifier_type
            and normalised.identifier_key like blocked.value_pattern
    group by
        normalised.identifier_type,
        normalised.identifier_value,
        normalised.identifier_key

),

final as (

    select distinct
        delivered.source_system,
        delivered.source_customer_id,
        judged.identifier_type,
        judged.identifier_key,
        judged.block_reason
    from delivered
    inner join judged
        on
            delivered.identifier_type = judged.identifier_type
            and delivered.identifier_value = judged.identifier_value

)

select * from final
