{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with channels as (

    {{ segmentation.channel_identifiers() }}

),

identifiers as (

    select
        held.source_system,
        held.source_customer_id,
        channels.channel,
        held.identifier_type,
        held.identifier_hash,
        held.first_observed_at,
        held.last_observed_at
    from {{ ref('int_contact__identifiers') }} as held
    inner join channels on held.identifier_type = channels.identifier_type

),

signals as (

    select
        source_system,
        source_customer_id,
        message_event_id,
        channel,
        event_type,
        occurred_at
    from {{ ref('input__messages') }}
    where event_type in ('bounced', 'complained', 'unsubscribed')

),

bounces as (

    select distinct
        source_system,
        source_customer_id,
        channel
    from signals
    where event_type = 'bounced'

),

events as (

    select * from signals
    union all
    select
        messages.source_system,
        messages.source_customer_id,
        messages.message_event_id,
        messages.channel,
        'arrived' as event_type,
        messages.occurred_at
    from {{ ref('input__messages') }} as messages
    inner join bounces
        on
            messages.source_system = bounces.source_system
            and messages.source_customer_id = bounces.source_customer_id
            and messages.channel = bounces.channel
    where messages.event_type in ('delivered', 'opened', 'clicked')

),

seen as (

    select
        events.*,
        identifiers.identifier_type,
        identifiers.identifier_hash,
        identifiers.first_observed_at,
        case
            when identifiers.last_observed_at <= events.occurred_at
                then identifiers.last_observed_at
            when identifiers.first_observed_at <= events.occurred_at
                then identifiers.first_observed_at
        end as seen_at
    from events
    left join identifiers
        on
            events.source_system = identifiers.source_system
            and events.source_customer_id = identifiers.source_customer_id
            and events.channel = identifiers.channel

),

-- A message went to what its record was last seen with by then, else to the first.
ranked as (

    select
        seen.*,
        rank() over (
            partition by source_system, message_event_id
            order by
                case when seen_at is null then 1 else 0 end asc,
                seen_at desc,
                case when seen_at is null then first_observed_at end asc
        ) as sight_rank
    from seen

),

arrived as (

    select
        source_system,
        source_customer_id,
        channel,
        identifier_hash,
        max(occurred_at) as last_arrived_at
    from ranked
    where sight_rank = 1 and event_type = 'arrived'
    group by source_system, source_customer_id, channel, identifier_hash

),

final as (

    select
        map.customer_id,
        ranked.source_system,
        ranked.source_customer_id,
        ranked.message_event_id,
        ranked.channel,
        ranked.event_type,
        ranked.identifier_type,
        ranked.identifier_hash,
        ranked.occurred_at
    from ranked
    inner join {{ ref('identity__customer_map') }} as map
        on
            ranked.source_system = map.source_system
            and ranked.source_customer_id = map.source_customer_id
    left join arrived
        on
            ranked.event_type = 'bounced'
            and ranked.source_system = arrived.source_system
            and ranked.source_customer_id = arrived.source_customer_id
            and ranked.channel = arrived.channel
            and ranked.identifier_hash = arrived.identifier_hash
            and ranked.occurred_at < arrived.last_arrived_at
    where
        ranked.sight_rank = 1
        and ranked.event_type <> 'arrived'
        -- What arrives later tells that the bounce was a full inbox, say.
        and arrived.last_arrived_at is null

)

select * from final
