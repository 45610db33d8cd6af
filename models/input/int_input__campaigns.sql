{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'campaigns'}
) }}

{{ segmentation.read_entity('campaigns') }}
