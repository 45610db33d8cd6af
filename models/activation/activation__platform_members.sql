{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with audience_platforms as (

    {{ segmentation.audience_platforms() }}

),

members as (

    select members.*
    from {{ ref('int_activation__audience_members') }} as members
    inner join {{ ref('activation__audiences') }} as audiences
        on
            members.audience_code = audiences.audience_id
            and audiences.status = 'active'

),

-- Every identifier that nothing stands against: a platform knows people by one of them,
-- and two customers who become one keep both.
identified as (

    select
        audience_platforms.platform,
        members.audience_code,
        members.audience_kind,
        members.customer_id,
        members.consent_references,
        members.member_value,
        identifiers.identifier_type,
        identifiers.platform_value_hash as member_hash,
        identifiers.rule_valid_from,
        row_number() over (
            partition by
                audience_platforms.platform,
                members.audience_code,
                identifiers.platform_value_hash
            order by
                candidates.candidate_rank asc,
                {{ segmentation.binary_order('members.customer_id') }} asc,
                {{ segmentation.binary_order('identifiers.identifier_hash') }} asc
        ) as holder_rank
    from members
    inner join audience_platforms
        on members.audience_code = audience_platforms.audience_code
    inner join {{ ref('int_contact__candidates') }} as candidates
        on
            members.customer_id = candidates.customer_id
            and members.channel = candidates.channel
            and not candidates.is_bounced
            and not candidates.is_objected
    inner join {{ ref('int_activation__platform_identifiers') }} as identifiers
        on
            audience_platforms.platform = identifiers.platform
            and candidates.identifier_hash = identifiers.identifier_hash
    where identifiers.platform_value_hash is not null

),

-- Two spellings that are one to a platform may lie on either side of an exclusion.
excluded as (

    select distinct
        platform,
        member_hash
    from identified
    where audience_kind = 'exclude'

),

final as (

    select
        identified.platform,
        identified.audience_code,
        identified.member_hash,
        identified.audience_kind,
        identified.identifier_type,
        identified.customer_id as person_id,
        identified.consent_references,
        names.first_name,
        names.last_name,
        names.city,
        names.region,
        names.postal_code,
        names.country,
        identified.member_value,
        {{ segmentation.refresh_epoch(
            'identified.member_hash', 'limits.refresh_days'
        ) }} as refresh_epoch,
        identified.rule_valid_from as rule_valid_from_date
    from identified
    inner join {{ ref('platform_limits') }} as limits
        on identified.platform = limits.platform
    left join {{ ref('int_activation__platform_names') }} as names
        on
            identified.platform = names.platform
            and identified.customer_id = names.customer_id
    left join excluded
        on
            identified.audience_kind = 'include'
            and identified.platform = excluded.platform
            and identified.member_hash = excluded.member_hash
    where identified.holder_rank = 1 and excluded.member_hash is null

)

select * from final
