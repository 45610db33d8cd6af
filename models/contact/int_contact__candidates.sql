{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with channels as (

    {{ segmentation.channel_identifiers() }}

),

suppressed as (

    select
        subject_id,
        channel,
        max(case when reason = 'bounced' then 1 else 0 end) = 1 as is_bounced,
        max(case when reason <> 'bounced' then 1 else 0 end) = 1 as is_objected
    from {{ ref('contact__suppressions') }}
    where kind = 'identifier'
    group by subject_id, channel

),

-- What is suppressed is passed over where something else is left; then the golden
-- record decides, and of what it does not know the latest.
ranked as (

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
            identifiers.identifier_hash = suppressed.subject_id
            and channels.channel = suppressed.channel
    where identifiers.is_usable

),

-- The same identifier on several records of a customer is one.
final as (

    select
        customer_id,
        channel,
        identifier_type,
        identifier_hash,
        is_bounced,
        is_objected,
        min(candidate_rank) as candidate_rank
    from ranked
    group by
        customer_id,
        channel,
        identifier_type,
        identifier_hash,
        is_bounced,
        is_objected

)

select * from final
