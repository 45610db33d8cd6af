{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'support_tickets'}
) }}

{{ segmentation.read_entity('support_tickets') }}
