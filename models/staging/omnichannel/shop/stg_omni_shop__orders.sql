{{ segmentation.staging_config() }}

{{ segmentation.map_entity('orders', source('omni_shop', 'shop_orders'), {
    'order_id': 'order_no',
    'source_customer_id': "coalesce(account_no, 'guest-' || order_no)",
    'ordered_at': 'placed_at',
    'channel': segmentation.recode('sales_channel', {'WEB': 'web', 'APP': 'app'}),
    'currency_code': 'currency',
    'gross_amount': 'subtotal_cents * 0.01',
    'discount_amount': 'discount_cents * 0.01',
    'tax_amount': 'tax_cents * 0.01',
    'shipping_amount': 'shipping_cents * 0.01',
    'net_amount': '(subtotal_cents - discount_cents) * 0.01',
    'margin_amount': '(subtotal_cents - discount_cents - cost_cents) * 0.01',
    'campaign_id': 'campaign_ref',
    'coupon_code': 'coupon',
    'updated_at': 'changed_at',
    'is_deleted': 'deleted',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
