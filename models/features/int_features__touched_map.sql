{{ config(
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(['source_system', 'source_customer_id'])
) }}

select
    map.source_system,
    map.source_customer_id,
    map.customer_id
from {{ ref('identity__customer_map') }} as map
inner join {{ ref('int_features__touched_customers') }} as touched
    on map.customer_id = touched.customer_id
