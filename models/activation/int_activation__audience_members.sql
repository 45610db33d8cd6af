{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with declared as (

    {{ segmentation.declared_audiences() }}

),

-- An override allows a rule of segments and no advertising.
sensitive as (

    select distinct segment_code as audience_code
    from {{ ref('int_segments__sensitive_uses') }}
    where used_by = 'audience'

),

allowed as (

    select declared.*
    from declared
    left join sensitive on declared.audience_code = sensitive.audience_code
    where
        sensitive.audience_code is null
        and declared.describing_feature is null
        and (
            declared.expires_date is null
            or declared.expires_date >= {{ segmentation.as_of_date() }}
        )

),

ruled as (

    select
        allowed.audience_code,
        allowed.audience_kind,
        allowed.channel,
        allowed.experiment_code,
        allowed.arm,
        customers.customer_id,
        customers.country_code,
        {{ segmentation.audience_value('allowed.audience_code', 'customers') }}
            as member_value
    from {{ ref('int_activation__customers') }} as customers
    cross join allowed
    where {{ segmentation.meets_audience('allowed.audience_code') }}

),

-- What is sent to an identifier reaches all who share it.
excluded_identifiers as (

    select distinct
        candidates.identifier_hash,
        candidates.channel
    from ruled
    inner join {{ ref('int_contact__candidates') }} as candidates
        on
            ruled.customer_id = candidates.customer_id
            and ruled.channel = candidates.channel
    where ruled.audience_kind = 'exclude'

),

excluded as (

    select
        customer_id,
        channel
    from ruled
    where audience_kind = 'exclude'
    union distinct
    select
        candidates.customer_id,
        candidates.channel
    from excluded_identifiers
    inner join {{ ref('int_contact__candidates') }} as candidates
        on
            excluded_identifiers.identifier_hash = candidates.identifier_hash
            and excluded_identifiers.channel = candidates.channel

),

final as (

    select
        ruled.audience_code,
        ruled.audience_kind,
        ruled.channel,
        ruled.customer_id,
        ruled.experiment_code,
        ruled.arm,
        ruled.country_code,
        contacts.consent_references,
        ruled.member_value
    from ruled
    inner join {{ ref('int_activation__contacts') }} as contacts
        on
            ruled.customer_id = contacts.customer_id
            and ruled.channel = contacts.channel
    left join excluded
        on
            ruled.customer_id = excluded.customer_id
            and ruled.channel = excluded.channel
    left join {{ ref('activation__experiment_arms') }} as arms
        on
            ruled.experiment_code = arms.experiment_code
            and ruled.customer_id = arms.customer_id
            and arms.is_running
    where
        -- A seed tells a platform whom to look for, and shows nobody anything.
        (ruled.audience_kind <> 'include' or excluded.customer_id is null)
        and (ruled.audience_kind = 'exclude' or not contacts.is_held_out)
        and (ruled.experiment_code is null or ruled.arm = arms.arm)

)

select * from final
