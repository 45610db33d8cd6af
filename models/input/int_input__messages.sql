{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'messages'}
) }}

{{ segmentation.read_entity('messages') }}
