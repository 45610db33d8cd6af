{{ segmentation.staging_config() }}

with linked_profiles as (

    select * from {{ source('omni_social', 'social_profiles') }}
    where linked_mail is not null

)

{{ segmentation.map_entity('identifiers', 'linked_profiles', {
    'source_customer_id': "network || ':' || handle",
    'identifier_type': "'email'",
    'identifier_value': 'linked_mail',
    'observed_at': segmentation.epoch_time('linked_s', 'seconds'),
    'loaded_at': segmentation.epoch_time('pulled_s', 'seconds'),
}, loaded_order='pulled_s') }}
