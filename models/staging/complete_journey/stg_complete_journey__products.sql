{{ config(
    enabled='complete_journey' in segmentation.entity_sources('products'),
    schema=segmentation.segmentation_schema('internal'),
) }}

{{ segmentation.map_entity('products', source('complete_journey', 'products'), {
    'product_id': 'product_id',
    'product_name': 'product_type',
    'category': 'product_category',
    'brand': 'brand',
    'department': 'department',
}) }}
