{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'social_interactions'}
) }}

{{ segmentation.read_entity('social_interactions') }}
