{{ segmentation.staging_config() }}

{{ segmentation.map_entity('customer_records', source('omni_till', 'till_cards'), {
    'source_customer_id': 'card_no',
    'email': 'mail',
    'phone': 'mobile',
    'first_name': dbt.split_part('holder', "','", 2),
    'last_name': dbt.split_part('holder', "','", 1),
    'birth_date': segmentation.iso_time('birthday', 'DD.MM.YYYY'),
    'gender': segmentation.recode('sex', {'m': 'male', 'w': 'female'}),
    'city': 'city',
    'postal_code': 'plz',
    'created_at': segmentation.iso_time('issued', 'DD.MM.YYYY'),
    'loaded_at': 'exported_at',
}, loaded_order='exported_at') }}
