{{ config(
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['node'])
) }}

select
    linked.node,
    coalesce(included.label, linked.cluster) as cluster
from {{ ref('int_identity__linked_clusters') }} as linked
left join {{ ref('int_identity__included_clusters') }} as included
    on linked.cluster = included.node
