{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with purposes as (

    {{ segmentation.channel_purposes() }}

),

channels as (

    {{ segmentation.channel_identifiers() }}

),

identifiers as (

    select distinct
        held.customer_id,
        channels.channel,
        held.identifier_type,
        held.identifier_hash
    from {{ ref('int_contact__identifiers') }} as held
    inner join channels on held.identifier_type = channels.identifier_type

),

withdrawn as (

    select consents.*
    from {{ ref('contact__consents') }} as consents
    inner join purposes
        on
            consents.channel = purposes.channel
            and consents.purpose = purposes.purpose
    where not consents.is_granted

),

-- Consenting again lifts what the same person took back, and nothing else.
signals as (

    select signals.*
    from {{ ref('int_contact__message_signals') }} as signals
    left join {{ ref('int_contact__permissions') }} as permissions
        on
            signals.event_type = 'unsubscribed'
            and signals.customer_id = permissions.customer_id
            and signals.channel = permissions.channel
            and signals.occurred_at < permissions.allowed_since_at
    where permissions.customer_id is null

),

stated as (

    select
        'person' as kind,
        customer_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as identifier_type,
        channel,
        'consent_withdrawn' as reason,
        'consents' as source_entity,
        source_system,
        source_customer_id,
        consent_id as source_row_id,
        changed_at as since_at
    from withdrawn
    union all
    select
        'person' as kind,
        customer_id as subject_id,
        cast(null as {{ dbt.type_string() }}) as identifier_type,
        channel,
        event_type as reason,
        'messages' as source_entity,
        source_system,
        source_customer_id,
        message_event_id as source_row_id,
        occurred_at as since_at
    from signals
    where event_type <> 'bounced'
    union all
    -- Who else reads what was written to the address cannot be told from who objected.
    select
        'identifier' as kind,
        identifiers.identifier_hash as subject_id,
        identifiers.identifier_type,
        withdrawn.channel,
        'consent_withdrawn' as reason,
        'consents' as source_entity,
        withdrawn.source_system,
        withdrawn.source_customer_id,
        withdrawn.consent_id as source_row_id,
        withdrawn.changed_at as since_at
    from withdrawn
    inner join identifiers
        on
            withdrawn.customer_id = identifiers.customer_id
            and withdrawn.channel = identifiers.channel
    union all
    select
        'identifier' as kind,
        identifier_hash as subject_id,
        identifier_type,
        channel,
        event_type as reason,
        'messages' as source_entity,
        source_system,
        source_customer_id,
        message_event_id as source_row_id,
        occurred_at as since_at
    from signals
    where identifier_hash is not null

),

-- One row for each reason, of what came first.
ranked as (

    select
        stated.*,
        row_number() over (
            partition by kind, subject_id, channel, reason
            order by
                since_at asc,
                {{ segmentation.binary_order('source_system') }} asc,
                {{ segmentation.binary_order('source_row_id') }} asc
        ) as reason_rank
    from stated

),

final as (

    select
        kind,
        subject_id,
        identifier_type,
        channel,
        reason,
        source_entity,
        source_system,
        source_customer_id,
        source_row_id,
        since_at
    from ranked
    where reason_rank = 1

)

select * from final
