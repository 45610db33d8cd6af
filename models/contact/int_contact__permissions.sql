{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with purposes as (

    {{ segmentation.channel_purposes() }}

),

needed as (

    select
        consents.customer_id,
        consents.channel,
        purposes.purpose_count,
        consents.purpose || '=' || consents.source_system || '/' || consents.consent_id
            as consent_reference,
        consents.purpose,
        consents.is_granted,
        consents.changed_at
    from {{ ref('contact__consents') }} as consents
    inner join purposes
        on
            consents.channel = purposes.channel
            and consents.purpose = purposes.purpose

),

counted as (

    select
        customer_id,
        channel,
        purpose_count,
        sum(case when is_granted then 1 else 0 end) as granted_count,
        count(*) as stated_count,
        min(changed_at) as first_changed_at,
        {{ dbt.listagg('consent_reference', "', '", 'order by purpose') }}
            as consent_references
    from needed
    group by customer_id, channel, purpose_count

),

final as (

    select
        customer_id,
        channel,
        case when granted_count = purpose_count then consent_references end
            as consent_references,
        granted_count = purpose_count as is_allowed,
        granted_count < stated_count as is_withdrawn,
        case when granted_count = purpose_count then first_changed_at end
            as allowed_since_at
    from counted

)

select * from final
