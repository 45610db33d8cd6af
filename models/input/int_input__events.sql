{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'events'}
) }}

{{ segmentation.read_entity('events') }}
