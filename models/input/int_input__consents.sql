{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'consents'}
) }}

{{ segmentation.read_entity('consents') }}
