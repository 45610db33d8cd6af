{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'campaign_exposures'}
) }}

{{ segmentation.read_entity('campaign_exposures') }}
