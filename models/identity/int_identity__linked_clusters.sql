{{ segmentation.state_config(
    'internal', touched='int_identity__touched_contests', state_key=['contest']
) }}
{{ config(indexes=segmentation.server_indexes(['node'])) }}

select
    joined.node,
    joined.cluster,
    contests.contest
from {{ ref('int_identity__joined_clusters') }} as joined
inner join {{ ref('int_identity__contests') }} as contests
    on joined.node = contests.node
