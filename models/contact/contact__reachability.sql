{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with caps as (

    {{ segmentation.channel_caps() }}

),

channels as (

    {{ segmentation.channel_identifiers() }}

),

suppressed as (

    select
        kind,
        subject_id,
        channel,
        max(case when reason = 'bounced' then 1 else 0 end) = 1 as is_bounced,
        max(case when reason <> 'bounced' then 1 else 0 end) = 1 as is_objected
    from {{ ref('contact__suppressions') }}
    group by kind, subject_id, channel

),

-- What is suppressed is passed over where something else is left; then the golden
-- record decides, and of what it does not know the latest.
candidates as (

    select
        identifiers.customer_id,
        channels.channel,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        coalesce(suppressed.is_bounced, false) as is_bounced,
        coalesce(suppressed.is_objected, false) as is_objected,
        row_number() over (
            partition by identifiers.customer_id, channels.channel
            order by
                case when suppressed.subject_id is null then 0 else 1 end asc,
                channels.preference asc,
                case when golden.field is null then 1 else 0 end asc,
                case when identifiers.is_stated then 0 else 1 end asc,
                identifiers.last_observed_at desc,
                {{ segmentation.binary_order('identifiers.identifier_hash') }} asc
        ) as candidate_rank
    from {{ ref('int_contact__identifiers') }} as identifiers
    inner join channels on identifiers.identifier_type = channels.identifier_type
    left join {{ ref('identity__golden_record_sources') }} as golden
        on
            identifiers.customer_id = golden.customer_id
            and identifiers.identifier_type = golden.field
            and identifiers.source_system = golden.source_system
            and identifiers.source_customer_id = golden.source_customer_id
    left join suppressed
        on
            suppressed.kind = 'identifier'
            and identifiers.identifier_hash = suppressed.subject_id
            and channels.channel = suppressed.channel
    where identifiers.is_usable

),

messages as (

    select
        map.customer_id,
        sent.channel,
        count(
            case when sent.occurred_at >= {{ segmentation.window_start(7) }} then 1 end
        ) as message_count_7d,
        count(*) as message_count_30d
    from {{ ref('input__messages') }} as sent
    inner join {{ ref('identity__customer_map') }} as map
        on
            sent.source_system = map.source_system
            and sent.source_customer_id = map.source_customer_id
    where
        sent.event_type = 'sent'
        and sent.occurred_at >= {{ segmentation.window_start(30) }}
    group by map.customer_id, sent.channel

),

joined as (

    select
        customers.customer_id,
        caps.channel,
        candidates.identifier_type,
        candidates.identifier_hash,
        permissions.consent_references,
        coalesce(messages.message_count_7d, 0) as message_count_7d,
        coalesce(messages.message_count_30d, 0) as message_count_30d,
        caps.message_cap_7d,
        caps.message_cap_30d,
        candidates.identifier_hash is not null and not candidates.is_bounced
            as is_deliverable,
        coalesce(permissions.is_allowed, false) as is_allowed,
        coalesce(permissions.is_withdrawn, false) as is_withdrawn,
        people.subject_id is not null as is_person_suppressed,
        coalesce(candidates.is_objected, false) as is_identifier_suppressed,
        permissions.allowed_since_at
    from {{ ref('identity__customers') }} as customers
    cross join caps
    left join candidates
        on
            customers.customer_id = candidates.customer_id
            and caps.channel = candidates.channel
            and candidates.candidate_rank = 1
    left join {{ ref('int_contact__permissions') }} as permissions
        on
            customers.customer_id = permissions.customer_id
            and caps.channel = permissions.channel
    left join suppressed as people
        on
            people.kind = 'person'
            and customers.customer_id = people.subject_id
            and caps.channel = people.channel
    left join messages
        on
            customers.customer_id = messages.customer_id
            and caps.channel = messages.channel
    where customers.is_identified

),

decided as (

    select
        joined.*,
        case
            when identifier_hash is null then 'no_identifier'
            when not is_deliverable then 'bounced'
            when is_withdrawn then 'consent_withdrawn'
            when not is_allowed then 'no_consent'
            when is_person_suppressed then 'person_suppressed'
            when is_identifier_suppressed then 'identifier_suppressed'
            when message_count_7d >= message_cap_7d then 'cap_7d'
            when message_count_30d >= message_cap_30d then 'cap_30d'
            else 'reachable'
        end as reason
    from joined

),

final as (

    select
        customer_id,
        channel,
        identifier_type,
        identifier_hash,
        consent_references,
        reason,
        message_count_7d,
        message_count_30d,
        message_cap_7d,
        message_cap_30d,
        is_deliverable,
        is_allowed,
        is_person_suppressed or is_identifier_suppressed as is_suppressed,
        reason = 'reachable' as is_reachable,
        allowed_since_at
    from decided

)

select * from final
