{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'orders'}
) }}

{{ segmentation.read_entity('orders') }}
