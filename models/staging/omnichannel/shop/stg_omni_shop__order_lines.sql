{{ segmentation.staging_config() }}

{{ segmentation.map_entity('order_lines', source('omni_shop', 'shop_items'), {
    'order_id': 'order_no',
    'line_id': 'item_no',
    'source_customer_id': "coalesce(account_no, 'guest-' || order_no)",
    'product_id': 'sku',
    'quantity': 'pieces',
    'net_amount': 'paid_cents * 0.01',
    'discount_amount': 'discount_cents * 0.01',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
