{{ config(schema=segmentation.segmentation_schema('identity')) }}

select
    map.customer_id,
    min(records.birth_date) as birth_date
from {{ ref('input__customer_records') }} as records
inner join {{ ref('identity__customer_map') }} as map
    on
        records.source_system = map.source_system
        and records.source_customer_id = map.source_customer_id
where records.birth_date is not null and not coalesce(records.is_deleted, false)
group by map.customer_id
