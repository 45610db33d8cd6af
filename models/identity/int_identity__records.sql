{{ segmentation.state_config('internal', touched='int_input__touched_records') }}
{{ config(
    indexes=segmentation.server_indexes(
        ['source_system', 'source_customer_id'], ['record_number']
    )
) }}

{%- set run = segmentation.run_to_continue() %}

with sightings as (

    select
        sightings.*,
        {{ segmentation.customer_hash(
            'sightings.source_system', 'sightings.source_customer_id'
        ) }} as own_customer_id
    from {{ ref('int_identity__sightings') }} as sightings
    {{ segmentation.only_touched('sightings', run) }}

)

select
    source_system,
    source_customer_id,
    own_customer_id,
    -- A function of the record: what is known of pairs lasts from build to build.
    {{ segmentation.hash_number('own_customer_id') }} as record_number,
    identified_at is not null as is_identified,
    identified_at,
    first_event_at,
    -- Only the choice of an anchor falls back on the load, never visibility.
    coalesce(first_event_at, first_loaded_at) as first_seen_at
from sightings
