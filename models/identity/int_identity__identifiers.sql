{{ segmentation.state_config('identity', touched='int_input__touched_records') }}
{{ config(
    indexes=segmentation.server_indexes(['source_system', 'source_customer_id'])
) }}

{%- set run = segmentation.run_to_continue() %}
{%- set spelling = segmentation.binary_order('judged.identifier_value') %}

with versions as (

    select
        records.source_system,
        records.source_customer_id,
        records.email,
        records.phone,
        coalesce(records.updated_at, records.created_at) as observed_at,
        coalesce(records.is_deleted, false) as is_deleted,
        row_number() over (
            partition by records.source_system, records.source_customer_id
            order by coalesce(records.updated_at, cast('1900-01-01' as timestamp)) desc
        ) = 1 as is_latest
    from {{ ref('input__customer_records') }} as records
    {{ segmentation.only_touched('records', run) }}

),

delivered as (

    {% for identifier_type in ['email', 'phone'] %}
    select
        source_system,
        source_customer_id,
        '{{ identifier_type }}' as identifier_type,
        {{ identifier_type }} as identifier_value,
        observed_at,
        is_latest and not is_deleted as is_stated,
        is_latest and not is_deleted as is_current
    from versions
    where {{ identifier_type }} is not null
    union all
    {% endfor %}
    select
        identifiers.source_system,
        identifiers.source_customer_id,
        lower(trim(identifiers.identifier_type)) as identifier_type,
        identifiers.identifier_value,
        identifiers.observed_at,
        false as is_stated,
        not coalesce(versions.is_deleted, false) as is_current
    from {{ ref('input__identifiers') }} as identifiers
    left join versions
        on
            identifiers.source_system = versions.source_system
            and identifiers.source_customer_id = versions.source_customer_id
            and versions.is_latest
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
        with_digits.international_digits is not null as is_international,
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
        normalised.is_international,
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
        normalised.identifier_key,
        normalised.is_international

),

final as (

    select
        delivered.source_system,
        delivered.source_customer_id,
        judged.identifier_type,
        judged.identifier_key,
        judged.block_reason,
        -- One that says its country says more.
        coalesce(
            min(case when judged.is_international then {{ spelling }} end),
            min({{ spelling }})
        ) as spelling,
        max(case when delivered.is_stated then 1 else 0 end) = 1 as is_stated,
        max(case when delivered.is_current then 1 else 0 end) = 1 as is_current,
        -- What is undated holds at every date.
        min(coalesce(delivered.observed_at, cast('1900-01-01' as timestamp)))
            as first_observed_at,
        max(coalesce(delivered.observed_at, cast('1900-01-01' as timestamp)))
            as last_observed_at
    from delivered
    inner join judged
        on
            delivered.identifier_type = judged.identifier_type
            and delivered.identifier_value = judged.identifier_value
    group by
        delivered.source_system,
        delivered.source_customer_id,
        judged.identifier_type,
        judged.identifier_key,
        judged.block_reason

)

select * from final
