{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'campaign_responses'}
) }}

{{ segmentation.read_entity('campaign_responses') }}
