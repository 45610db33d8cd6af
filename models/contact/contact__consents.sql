{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with channels as (

    {{ segmentation.channel_caps() }}

),

-- Who is gone from a source takes along what was allowed there, not what was forbidden.
deleted as (

    select
        deletions.source_system,
        deletions.source_customer_id
    from {{ ref('input__customer_records') }} as deletions
    left join {{ ref('int_identity__current_records') }} as current_records
        on
            deletions.source_system = current_records.source_system
            and deletions.source_customer_id = current_records.source_customer_id
    where deletions.is_deleted and current_records.source_system is null
    group by deletions.source_system, deletions.source_customer_id

),

statements as (

    select
        map.customer_id,
        channels.channel,
        consents.purpose,
        consents.source_system,
        consents.source_customer_id,
        consents.consent_id,
        consents.legal_basis,
        consents.proof_reference,
        consents.is_granted,
        consents.changed_at
    from {{ ref('input__consents') }} as consents
    inner join {{ ref('identity__customer_map') }} as map
        on
            consents.source_system = map.source_system
            and consents.source_customer_id = map.source_customer_id
    inner join channels
        on consents.channel = channels.channel or consents.channel is null
    left join deleted
        on
            consents.source_system = deleted.source_system
            and consents.source_customer_id = deleted.source_customer_id
    where deleted.source_system is null or not consents.is_granted

),

-- At the same time a withdrawal counts, not the consent.
ranked as (

    select
        statements.*,
        row_number() over (
            partition by customer_id, channel, purpose
            order by
                changed_at desc,
                case when is_granted then 1 else 0 end asc,
                {{ segmentation.binary_order('source_system') }} asc,
                {{ segmentation.binary_order('consent_id') }} asc
        ) as statement_rank
    from statements

),

final as (

    select
        customer_id,
        channel,
        purpose,
        source_system,
        source_customer_id,
        consent_id,
        legal_basis,
        proof_reference,
        is_granted,
        changed_at
    from ranked
    where statement_rank = 1

)

select * from final
