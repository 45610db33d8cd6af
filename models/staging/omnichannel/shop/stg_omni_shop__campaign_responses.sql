{{ segmentation.staging_config() }}

with orders as (

    select * from {{ source('omni_shop', 'shop_orders') }}

),

-- An order has one response however often it changes: that of the first load which
-- names a campaign. A later load would take back what was known before.
loads as (

    select
        orders.*,
        row_number() over (
            partition by order_no, loaded_at
            order by
                changed_at desc,
                account_no asc,
                campaign_ref asc,
                placed_at asc,
                subtotal_cents asc,
                discount_cents asc
        ) as version_rank
    from orders

),

first_loads as (

    select
        loads.*,
        row_number() over (partition by order_no order by loaded_at asc) as load_rank
    from loads
    where
        version_rank = 1
        and campaign_ref is not null
        and not coalesce(deleted, false)

),

responses as (

    select
        order_no,
        campaign_ref,
        placed_at,
        loaded_at,
        coalesce(account_no, 'guest-' || order_no) as record,
        case
            when currency = 'EUR' then (subtotal_cents - discount_cents) * 0.01
        end as revenue
    from first_loads
    where load_rank = 1

)

{{ segmentation.map_entity('campaign_responses', 'responses', {
    'response_id': 'order_no',
    'source_customer_id': 'record',
    'campaign_id': 'campaign_ref',
    'responded_at': 'placed_at',
    'response_type': "'order'",
    'revenue_amount': 'revenue',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
