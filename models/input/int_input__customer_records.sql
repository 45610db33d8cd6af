{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'customer_records'}
) }}

{{ segmentation.read_entity('customer_records') }}
