{{ segmentation.staging_config() }}

{{ segmentation.map_entity('order_changes', source('omni_shop', 'shop_refunds'), {
    'order_id': 'order_no',
    'source_customer_id': "coalesce(account_no, 'guest-' || order_no)",
    'changed_at': 'created_at',
    'change_type': segmentation.recode('kind', {
        'CANCEL': 'cancelled', 'REFUND': 'refunded', 'RETURN': 'returned',
    }),
    'amount': 'amount_cents * 0.01',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
