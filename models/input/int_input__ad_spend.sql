{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'ad_spend'}
) }}

{{ segmentation.read_entity('ad_spend') }}
