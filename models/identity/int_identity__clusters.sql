{{ config(
    materialized='clusters', schema=segmentation.segmentation_schema('internal')
) }}

select
    node_a,
    node_b,
    evidence
from {{ ref('int_identity__contested_pairs') }}
