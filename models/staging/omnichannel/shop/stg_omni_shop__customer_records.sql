{{ segmentation.staging_config() }}

{{ segmentation.map_entity('customer_records', source('omni_shop', 'shop_accounts'), {
    'source_customer_id': 'account_no',
    'email': 'mail',
    'phone': 'phone',
    'first_name': 'given_name',
    'last_name': 'family_name',
    'birth_date': 'born',
    'street_address': 'street',
    'city': 'town',
    'postal_code': 'zip',
    'country_code': 'country',
    'created_at': 'registered_at',
    'updated_at': 'changed_at',
    'is_deleted': 'deleted',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
