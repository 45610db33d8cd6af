{{ config(
    materialized='components', schema=segmentation.segmentation_schema('internal')
) }}

select
    node_a,
    node_b
from {{ ref('int_identity__edges') }}
