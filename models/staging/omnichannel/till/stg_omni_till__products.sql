{{ segmentation.staging_config() }}

{{ segmentation.map_entity('products', source('omni_shop', 'shop_articles'), {
    'product_id': 'sku',
    'product_name': 'title',
    'category': 'category',
    'brand': 'brand',
    'unit_cost': 'cost_cents * 0.01',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
