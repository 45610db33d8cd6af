{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}

with customers as (

    select customers.*
    from {{ ref('int_segments__layered_customers') }} as customers
    {{ segmentation.only_touched('customers', run) }}

)

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
from customers
