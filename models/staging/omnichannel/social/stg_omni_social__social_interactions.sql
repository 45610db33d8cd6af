{{ segmentation.staging_config() }}

{{ segmentation.map_entity(
    'social_interactions', source('omni_social', 'social_posts'), {
    'interaction_id': 'post_id',
    'source_customer_id': "network || ':' || handle",
    'network': 'network',
    'interaction_type': 'kind',
    'sentiment_score': 'mood',
    'occurred_at': segmentation.epoch_time('posted_s', 'seconds'),
    'loaded_at': segmentation.epoch_time('pulled_s', 'seconds'),
}, loaded_order='pulled_s') }}
