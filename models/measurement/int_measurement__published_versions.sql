{{ config(
    materialized='view', schema=segmentation.segmentation_schema('ledger')
) }}

select
    customer_id,
    change_type,
    primary_segment,
    value_tier,
    rfm,
    lifecycle,
    behavior,
    demographic,
    psychographic,
    behavior_origin,
    as_of_date,
    released_at,
    lead(released_at) over (
        partition by customer_id, as_of_date order by released_at asc
    ) as replaced_at
from {{ ref('measurement__published_memberships') }}
