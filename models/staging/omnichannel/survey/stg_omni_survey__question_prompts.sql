{{ segmentation.staging_config() }}

{%- set outcomes = {'done': 'answered', 'no': 'declined', 'left': 'abandoned'} %}

{{ segmentation.map_entity(
    'question_prompts', source('omni_survey', 'survey_prompts'), {
    'prompt_id': 'prompt',
    'source_customer_id': 'respondent',
    'question_code': 'question',
    'surface': 'place',
    'outcome': segmentation.recode('outcome', outcomes),
    'occurred_at': 'shown',
    'loaded_at': 'stored',
}, loaded_order='stored') }}
