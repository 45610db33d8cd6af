{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

select
    customer_id,
    as_of_date,
    -- Who objected to profiling is in totals, and in no segment to act on.
    case
        when not is_profiled then 'otherwise'
        else {{ segmentation.assign_sql('primary', 'otherwise') }}
    end as primary_segment,
    value_tier,
    rfm,
    lifecycle,
    behavior,
    demographic,
    psychographic,
    behavior_origin
from {{ ref('int_segments__layered_customers') }}
