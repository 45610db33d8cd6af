{{ segmentation.staging_config() }}

{{ segmentation.map_entity(
    'customer_records', source('omni_survey', 'survey_respondents'), {
    'source_customer_id': 'respondent',
    'email': 'mail',
    'created_at': 'invited',
    'loaded_at': 'stored',
}, loaded_order='stored') }}
