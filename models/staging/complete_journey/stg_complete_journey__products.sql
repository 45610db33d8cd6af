{{ segmentation.staging_config() }}

{{ segmentation.map_entity('products', source('complete_journey', 'products'), {
    'product_id': 'product_id',
    'product_name': 'product_type',
    'category': 'product_category',
    'brand': 'brand',
    'department': 'department',
}) }}
