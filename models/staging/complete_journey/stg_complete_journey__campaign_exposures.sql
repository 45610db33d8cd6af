{{ config(
    enabled='complete_journey' in segmentation.entity_sources('campaign_exposures'),
    schema=segmentation.segmentation_schema('internal'),
) }}

{%- set campaigns = source('complete_journey', 'campaigns') %}

{{ segmentation.map_entity('campaign_exposures', campaigns, {
    'campaign_id': 'campaign_id',
    'source_customer_id': 'household_id',
    'arm': "'treated'",
}) }}
