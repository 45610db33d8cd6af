{{ segmentation.staging_config() }}

with logins as (

    select * from {{ source('omni_web', 'web_logins') }}
    where shop_account is not null

)

{{ segmentation.map_entity('identifiers', 'logins', {
    'source_customer_id': 'anon_id',
    'identifier_type': "'login'",
    'identifier_value': 'shop_account',
    'observed_at': segmentation.epoch_time('ts_ms'),
    'loaded_at': segmentation.epoch_time('received_ms'),
}, loaded_order='received_ms') }}
