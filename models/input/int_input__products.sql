{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'products'}
) }}

{{ segmentation.read_entity('products') }}
