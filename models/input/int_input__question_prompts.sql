{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'question_prompts'}
) }}

{{ segmentation.read_entity('question_prompts') }}
