{{ segmentation.staging_config() }}

{%- set channels = {'e': 'email', 's': 'sms', 'p': 'post', '*': none} %}
{%- set purposes = {
    'marketing': 'direct_marketing',
    'ads': 'ad_user_data',
    'ads_personal': 'ad_personalization',
} %}

{{ segmentation.map_entity('consents', source('omni_survey', 'survey_consents'), {
    'consent_id': 'entry',
    'source_customer_id': 'respondent',
    'channel': segmentation.recode('channel', channels),
    'purpose': segmentation.recode('purpose', purposes),
    'is_granted': 'granted',
    'legal_basis': 'basis',
    'changed_at': 'changed',
    'proof_reference': 'proof',
    'loaded_at': 'stored',
}, loaded_order='stored') }}
