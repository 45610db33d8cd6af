{{ config(schema=segmentation.segmentation_schema('internal')) }}

with customers as (

    select
        customer_id,
        {{ segmentation.local_date('first_event_at') }} as first_seen_date,
        {{ segmentation.local_date('identified_at') }} as identified_date
    from {{ ref('identity__customers') }}
    where is_identified

),

-- At the same time an objection counts, not the consent.
profiling_events as (

    select
        map.customer_id,
        coalesce(consents.channel, 'any') as channel,
        consents.is_granted,
        {{ segmentation.local_date('consents.changed_at') }} as changed_date,
        row_number() over (
            partition by
                map.customer_id,
                coalesce(consents.channel, 'any'),
                {{ segmentation.local_date('consents.changed_at') }}
            order by
                consents.changed_at desc,
                case when consents.is_granted then 1 else 0 end asc,
                consents.source_system asc,
                consents.consent_id asc
        ) as day_rank
    from {{ ref('input__consents') }} as consents
    inner join {{ ref('identity__customer_map') }} as map
        on
            consents.source_system = map.source_system
            and consents.source_customer_id = map.source_customer_id
    where consents.purpose = 'profiling'

),

profiling as (

    select
        customer_id,
        is_granted,
        changed_date,
        lead(changed_date) over (
            partition by customer_id, channel
            order by changed_date asc
        ) as next_changed_date
    from profiling_events
    where day_rank = 1

),

objections as (

    select distinct
        profiling.customer_id,
        dates.as_of_date
    from profiling
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on
            profiling.changed_date <= dates.as_of_date
            and (
                profiling.next_changed_date > dates.as_of_date
                or profiling.next_changed_date is null
            )
    where not profiling.is_granted

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
