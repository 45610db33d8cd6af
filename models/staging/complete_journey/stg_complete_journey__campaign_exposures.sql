{{ segmentation.staging_config() }}

{%- set campaigns = source('complete_journey', 'campaigns') %}

{{ segmentation.map_entity('campaign_exposures', campaigns, {
    'campaign_id': 'campaign_id',
    'source_customer_id': 'household_id',
    'arm': "'treated'",
}) }}
