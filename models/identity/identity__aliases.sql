{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

select
    own_customer_id as alias_customer_id,
    customer_id,
    source_system,
    source_customer_id
from {{ ref('identity__customer_map') }}
where not is_anchor
