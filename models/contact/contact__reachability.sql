{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with caps as (

    {{ segmentation.channel_caps() }}

),

people as (

    select
        subject_id as customer_id,
        channel
    from {{ ref('contact__suppressions') }}
    where kind = 'person' and reason <> 'bounced'
    group by subject_id, channel

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
        people.customer_id is not null as is_person_suppressed,
        coalesce(candidates.is_objected, false) as is_identifier_suppressed,
        permissions.allowed_since_at
    from {{ ref('identity__customers') }} as customers
    cross join caps
    left join {{ ref('int_contact__candidates') }} as candidates
        on
            customers.customer_id = candidates.customer_id
            and caps.channel = candidates.channel
            and candidates.candidate_rank = 1
    left join {{ ref('int_contact__permissions') }} as permissions
        on
            customers.customer_id = permissions.customer_id
            and caps.channel = permissions.channel
    left join people
        on
            customers.customer_id = people.customer_id
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
