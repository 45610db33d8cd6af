{{ segmentation.staging_config() }}

with registered_devices as (

    select * from {{ source('omni_product', 'product_devices') }}
    where shop_account is not null

)

{{ segmentation.map_entity('identifiers', 'registered_devices', {
    'source_customer_id': 'serial',
    'identifier_type': "'login'",
    'identifier_value': 'shop_account',
    'observed_at': 'registered',
    'loaded_at': 'ingested',
}, loaded_order='ingested') }}
