{{ config(schema=segmentation.segmentation_schema('internal')) }}

{{ map_shop('accounts') }}
