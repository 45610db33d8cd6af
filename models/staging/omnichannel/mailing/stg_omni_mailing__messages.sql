{{ segmentation.staging_config() }}

{%- set zone = 'America/New_York' %}

{%- set actions = {
    'S': 'sent',
    'O': 'opened',
    'C': 'clicked',
    'B': 'bounced',
    'U': 'unsubscribed',
    'A': 'complained',
} %}

{{ segmentation.map_entity('messages', source('omni_mailing', 'mailing_activity'), {
    'message_event_id': 'activity',
    'source_customer_id': 'subscriber',
    'campaign_id': 'campaign',
    'channel': "'email'",
    'event_type': segmentation.recode('action', actions),
    'occurred_at': segmentation.utc_time('happened', zone),
    'is_machine': 'by_proxy',
    'loaded_at': segmentation.utc_time('fetched', zone),
}, loaded_order='fetched') }}
