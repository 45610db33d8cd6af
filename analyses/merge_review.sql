-- Customers made of the most records, with the identifiers that their records share.
-- Read by a person: a value held by many records may be a shared inbox to block.
with linked as (

    select
        map.customer_id,
        identifiers.identifier_type,
        identifiers.identifier_key,
        count(*) as record_count
    from {{ ref('identity__customer_map') }} as map
    inner join {{ ref('int_identity__identifiers') }} as identifiers
        on
            map.source_system = identifiers.source_system
            and map.source_customer_id = identifiers.source_customer_id
    where identifiers.block_reason is null
    group by map.customer_id, identifiers.identifier_type, identifiers.identifier_key
    having count(*) > 1

)

select
    customers.customer_id,
    customers.record_count as customer_record_count,
    linked.identifier_type,
    linked.identifier_key,
    linked.record_count as shared_by_records
from {{ ref('identity__customers') }} as customers
inner join linked
    on customers.customer_id = linked.customer_id
order by
    customers.record_count desc,
    customers.customer_id asc,
    linked.identifier_type asc,
    linked.identifier_key asc
