{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'order_lines'}
) }}

{{ segmentation.read_entity('order_lines') }}
