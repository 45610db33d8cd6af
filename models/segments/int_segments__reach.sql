{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#- Exact counts of whom each primary segment reaches; `any` is one channel or more. -#}
with customers as (

    select
        memberships.primary_segment as segment_code,
        reachability.customer_id,
        reachability.channel,
        case when reachability.identifier_hash is not null then 1 else 0 end
            as identified,
        case when reachability.is_allowed then 1 else 0 end as allowed,
        case when reachability.is_reachable then 1 else 0 end as reachable
    from {{ ref('contact__reachability') }} as reachability
    inner join {{ ref('segments__memberships') }} as memberships
        on reachability.customer_id = memberships.customer_id
    where memberships.as_of_date = {{ segmentation.as_of_date() }}

),

-- A customer whom several channels reach is one.
people as (

    select
        segment_code,
        customer_id,
        max(identified) as identified,
        max(allowed) as allowed,
        max(reachable) as reachable
    from customers
    group by segment_code, customer_id

),

final as (

    select
        segment_code,
        channel,
        count(*) as customer_count,
        sum(identified) as identified_count,
        sum(allowed) as allowed_count,
        sum(reachable) as reachable_count
    from customers
    group by segment_code, channel
    union all
    select
        segment_code,
        'any' as channel,
        count(*) as customer_count,
        sum(identified) as identified_count,
        sum(allowed) as allowed_count,
        sum(reachable) as reachable_count
    from people
    group by segment_code

)

select * from final
