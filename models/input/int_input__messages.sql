{{ config(schema=segmentation.segmentation_schema('internal')) }}

{{ segmentation.read_entity('messages') }}
