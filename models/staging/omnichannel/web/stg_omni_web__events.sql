{{ segmentation.staging_config() }}

{%- set event_names = {
    'pv': 'page_view',
    'product': 'product_view',
    'cart': 'add_to_cart',
    'order': 'purchase',
} %}

{{ segmentation.map_entity('events', source('omni_web', 'web_events'), {
    'event_id': 'event_key',
    'source_customer_id': 'anon_id',
    'event_name': segmentation.recode('event', event_names),
    'surface': segmentation.recode('platform', {'ios': 'app', 'android': 'app'}),
    'occurred_at': segmentation.epoch_time('ts_ms'),
    'session_id': 'visit',
    'page_path': 'path',
    'device_type': segmentation.recode('device', {
        'd': 'desktop', 'm': 'mobile', 't': 'tablet',
    }),
    'utm_source': 'source',
    'utm_campaign': 'campaign',
    'loaded_at': segmentation.epoch_time('received_ms'),
}, loaded_order='received_ms') }}
