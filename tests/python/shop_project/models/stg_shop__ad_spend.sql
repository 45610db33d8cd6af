{{ config(schema=segmentation.segmentation_schema('internal')) }}

{{ map_shop('ad_spend') }}
