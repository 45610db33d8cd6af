{{ segmentation.staging_config() }}

{{ segmentation.map_entity('ad_spend', source('omni_web', 'web_ad_costs'), {
    'channel': 'network',
    'campaign_id': 'campaign',
    'spend_date': segmentation.iso_time('day', 'YYYYMMDD'),
    'spend_amount': 'cost_micros * 0.000001',
    'impressions': 'impressions',
    'clicks': 'clicks',
    'loaded_at': segmentation.epoch_time('received_ms'),
}, loaded_order='received_ms') }}
