{{ config(
    materialized='components',
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['node'], ['label'])
) }}

select
    node_a,
    node_b
from {{ ref('int_identity__edges') }}
