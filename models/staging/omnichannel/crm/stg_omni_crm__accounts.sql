{{ segmentation.staging_config() }}

{%- set countries = {
    'Deutschland': 'DE',
    'Österreich': 'AT',
    'Schweiz': 'CH',
    'United Kingdom': 'GB',
} %}

{{ segmentation.map_entity('accounts', source('omni_crm', 'crm_accounts'), {
    'account_id': 'account_ref',
    'account_name': 'company',
    'industry': 'sector',
    'employee_count': 'headcount',
    'country_code': segmentation.recode('country', countries),
    'updated_at': segmentation.epoch_time('modified_ms'),
    'loaded_at': segmentation.epoch_time('synced_ms'),
}, loaded_order='synced_ms') }}
