{{ config(schema=segmentation.segmentation_schema('internal')) }}

with customers as (

    select
        customer_id,
        {{ segmentation.local_date('first_seen_at') }} as first_seen_date
    from {{ ref('identity__customers') }}
    where is_identified

),

profiling_events as (

    select
        map.customer_id,
        consents.is_granted,
        {{ segmentation.local_date('consents.changed_at') }} as changed_date,
        row_number() over (
            partition by
                map.customer_id,
                {{ segmentation.local_date('consents.changed_at') }}
            order by consents.changed_at desc, consents.consent_id asc
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
            partition by customer_id
            order by changed_date asc
        ) as next_changed_date
    from profiling_events
    where day_rank = 1

),

final as (

    select
        customers.customer_id,
        dates.as_of_date,
        dates.is_reference,
        coalesce(profiling.is_granted, true) as is_profiled,
        customers.first_seen_date
    from customers
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on
            customers.first_seen_date <= dates.as_of_date
            or customers.first_seen_date is null
    left join profiling
        on
            customers.customer_id = profiling.customer_id
            and dates.as_of_date >= profiling.changed_date
            and (
                dates.as_of_date < profiling.next_changed_date
                or profiling.next_changed_date is null
            )

)

select * from final
