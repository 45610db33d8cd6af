{{ config(schema=segmentation.segmentation_schema('internal')) }}

with customers as (

    select
        customer_id,
        {{ segmentation.local_date('first_event_at') }} as first_seen_date,
        {{ segmentation.local_date('identified_at') }} as identified_date
    from {{ ref('identity__customers') }}
    where is_identified

),

statements as (

    select
        map.customer_id,
        consents.channel,
        consents.is_granted,
        consents.changed_at
    from {{ ref('input__consents') }} as consents
    inner join {{ ref('identity__customer_map') }} as map
        on
            consents.source_system = map.source_system
            and consents.source_customer_id = map.source_customer_id
    where consents.purpose = 'profiling'

),

-- An objection, to one channel or to all, stands until a later consent that covers it;
-- one at the same time does not.
stands as (

    select
        objections.customer_id,
        {{ segmentation.local_date('objections.changed_at') }} as objected_date,
        {{ segmentation.local_date('min(consents.changed_at)') }} as consented_date
    from statements as objections
    left join statements as consents
        on
            objections.customer_id = consents.customer_id
            and (
                objections.channel = consents.channel or consents.channel is null
            )
            and objections.changed_at < consents.changed_at
            and consents.is_granted
    where not objections.is_granted
    group by objections.customer_id, objections.channel, objections.changed_at

),

objections as (

    select distinct
        stands.customer_id,
        dates.as_of_date
    from stands
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on
            stands.objected_date <= dates.as_of_date
            and (
                stands.consented_date > dates.as_of_date
                or stands.consented_date is null
            )

),

final as (

    select
        customers.customer_id,
        dates.as_of_date,
        dates.is_reference,
        objections.customer_id is null as is_profiled,
        customers.first_seen_date
    from customers
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on
            customers.identified_date <= dates.as_of_date
            and (
                customers.first_seen_date <= dates.as_of_date
                or customers.first_seen_date is null
            )
    left join objections
        on
            customers.customer_id = objections.customer_id
            and dates.as_of_date = objections.as_of_date

)

select * from final
