{{ segmentation.staging_config() }}

{{ segmentation.map_entity(
    'survey_responses', source('omni_survey', 'survey_answers'), {
    'response_id': 'sheet',
    'source_customer_id': 'respondent',
    'survey_code': 'survey',
    'question_code': 'question',
    'answer_text': 'words',
    'answer_score': 'points',
    'responded_at': 'answered',
    'loaded_at': 'stored',
}, loaded_order='stored') }}
