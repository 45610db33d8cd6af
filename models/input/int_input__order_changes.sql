{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'order_changes'}
) }}

{{ segmentation.read_entity('order_changes') }}
