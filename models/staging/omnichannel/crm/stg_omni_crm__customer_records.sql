{{ segmentation.staging_config() }}

{%- set countries = {
    'Deutschland': 'DE',
    'Österreich': 'AT',
    'Schweiz': 'CH',
    'United Kingdom': 'GB',
} %}

{{ segmentation.map_entity('customer_records', source('omni_crm', 'crm_contacts'), {
    'source_customer_id': 'contact_id',
    'account_id': 'account_ref',
    'email': 'email',
    'phone': 'phone',
    'first_name': 'first_name',
    'last_name': 'last_name',
    'birth_date': 'birthday',
    'gender': segmentation.recode('salutation', {'Herr': 'male', 'Frau': 'female'}),
    'street_address': 'street',
    'city': 'city',
    'region': 'state',
    'postal_code': 'postcode',
    'country_code': segmentation.recode('country', countries),
    'job_title': 'position',
    'created_at': segmentation.epoch_time('created_ms'),
    'updated_at': segmentation.epoch_time('modified_ms'),
    'is_deleted': 'is_removed',
    'loaded_at': segmentation.epoch_time('synced_ms'),
}, loaded_order='synced_ms') }}
