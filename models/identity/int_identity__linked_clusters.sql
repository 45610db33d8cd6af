{{ config(
    materialized='clusters',
    meta={'crowded_values': 'int_identity__crowded_values'},
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['node'])
) }}

-- depends_on: {{ ref('int_identity__crowded_values') }}
select
    node_a,
    node_b,
    evidence
from {{ ref('int_identity__contested_pairs') }}
