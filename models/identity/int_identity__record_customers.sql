{{ config(
    materialized='view', schema=segmentation.segmentation_schema('internal')
) }}

select
    records.record_number,
    map.customer_id,
    map.source_system,
    map.source_customer_id
from {{ ref('int_identity__records') }} as records
inner join {{ ref('identity__customer_map') }} as map
    on
        records.source_system = map.source_system
        and records.source_customer_id = map.source_customer_id
