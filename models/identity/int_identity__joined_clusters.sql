{{ config(
    materialized='clusters',
    meta={'crowded_values': 'int_identity__crowded_values'},
    schema=segmentation.segmentation_schema('internal')
) }}

-- depends_on: {{ ref('int_identity__crowded_values') }}
select
    pairs.node_a,
    pairs.node_b,
    pairs.evidence
from {{ ref('int_identity__contested_pairs') }} as pairs
inner join {{ ref('int_identity__contests') }} as contests
    on pairs.node_a = contests.node
inner join {{ ref('int_identity__touched_contests') }} as touched
    on contests.contest = touched.contest
