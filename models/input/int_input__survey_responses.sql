{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'survey_responses'}
) }}

{{ segmentation.read_entity('survey_responses') }}
