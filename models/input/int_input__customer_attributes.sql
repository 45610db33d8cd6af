{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'customer_attributes'}
) }}

{{ segmentation.read_entity('customer_attributes') }}
