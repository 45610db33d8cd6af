{{ segmentation.staging_config() }}

{%- set zone = 'America/New_York' %}

{{ segmentation.map_entity('campaigns', source('omni_mailing', 'mailing_campaigns'), {
    'campaign_id': 'campaign',
    'campaign_name': 'title',
    'channel': "'email'",
    'targeting': segmentation.recode('audience', {
        'SEG': 'segmented', 'ALL': 'broadcast',
    }),
    'started_at': segmentation.utc_time('starts', zone),
    'ended_at': segmentation.utc_time('ends', zone),
    'cost_amount': 'cost',
    'offer_code': 'offer',
    'loaded_at': segmentation.utc_time('fetched', zone),
}, loaded_order='fetched') }}
