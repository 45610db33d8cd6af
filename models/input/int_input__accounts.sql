{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'accounts'}
) }}

{{ segmentation.read_entity('accounts') }}
