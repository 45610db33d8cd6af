{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'entity': 'identifiers'}
) }}

{{ segmentation.read_entity('identifiers') }}
