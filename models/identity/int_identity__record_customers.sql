{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}
{{ config(
    indexes=segmentation.server_indexes(['record_number'], ['customer_id'])
) }}

{%- set run = segmentation.run_to_continue() %}

select
    {{ segmentation.hash_number('map.own_customer_id') }} as record_number,
    map.customer_id,
    map.source_system,
    map.source_customer_id
from {{ ref('identity__customer_map') }} as map
{{ segmentation.only_touched('map', run) }}
