{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

select
    customer_id,
    as_of_date,
    {{ segmentation.assign_sql('primary', 'otherwise') }} as primary_segment,
    value_tier,
    rfm,
    lifecycle,
    behavior,
    demographic,
    psychographic,
    behavior_origin
from {{ ref('int_segments__layered_customers') }}
