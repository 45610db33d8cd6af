{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with records as (

    select map.*
    from {{ ref('identity__customer_map') }} as map
    {{ segmentation.only_touched('map', run) }}

),

buyers as (

    select distinct records.customer_id
    from {{ ref('int_identity__record_revenue') }} as revenue
    inner join records
        on
            revenue.source_system = records.source_system
            and revenue.source_customer_id = records.source_customer_id

),

customers as (

    select
        customer_id,
        max(case when is_anchor then source_system end) as anchor_source_system,
        max(case when is_anchor then source_customer_id end)
            as anchor_source_customer_id,
        cast(count(*) as bigint) as record_count,
        max(case when is_identified then 1 else 0 end) = 1 as is_identified,
        min(identified_at) as identified_at,
        min(first_event_at) as first_event_at,
        min(first_seen_at) as first_seen_at
    from records
    group by customer_id

),

final as (

    select
        customers.customer_id,
        case
            when buyers.customer_id is not null then 'buyer'
            when customers.is_identified then 'prospect'
            else 'anonymous'
        end as customer_type,
        customers.anchor_source_system,
        customers.anchor_source_customer_id,
        customers.record_count,
        customers.is_identified,
        customers.identified_at,
        customers.first_event_at,
        customers.first_seen_at
    from customers
    left join buyers
        on customers.customer_id = buyers.customer_id

)

select * from final
