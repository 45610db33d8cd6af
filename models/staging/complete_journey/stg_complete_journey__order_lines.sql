{{ segmentation.staging_config() }}

with transactions as (

    select * from {{ source('complete_journey', 'transactions') }}

),

lines as (

    select
        basket_id,
        household_id,
        product_id,
        cast(basket_id as {{ dbt.type_string() }})
        || '-'
        || cast(product_id as {{ dbt.type_string() }}) as line_id,
        quantity,
        sales_value,
        -- Both are the retailer's own money; a manufacturer's coupon is not.
        retail_disc + coupon_match_disc as retailer_discount,
        -- Input casts contract columns only, not what passes through.
        cast(coupon_disc as numeric(18, 2)) as manufacturer_coupon
    from transactions

)

{{ segmentation.map_entity('order_lines', 'lines', {
    'order_id': 'basket_id',
    'line_id': 'line_id',
    'source_customer_id': 'household_id',
    'product_id': 'product_id',
    'quantity': 'quantity',
    'net_amount': 'sales_value',
    'discount_amount': 'retailer_discount',
    'manufacturer_coupon_amount': 'manufacturer_coupon',
}) }}
