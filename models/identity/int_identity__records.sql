{{ config(
    schema=segmentation.segmentation_schema('internal'),
    indexes=segmentation.server_indexes(
        ['source_system', 'source_customer_id'], ['record_number']
    )
) }}

select
    source_system,
    source_customer_id,
    {{ segmentation.customer_hash('source_system', 'source_customer_id') }}
        as own_customer_id,
    row_number() over (
        order by
            {{ segmentation.binary_order('source_system') }},
            {{ segmentation.binary_order('source_customer_id') }}
    ) as record_number,
    identified_at is not null as is_identified,
    identified_at,
    first_event_at,
    -- Only the choice of an anchor falls back on the load, never visibility.
    coalesce(first_event_at, first_loaded_at) as first_seen_at
from {{ ref('int_identity__sightings') }}
