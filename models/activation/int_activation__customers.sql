{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{#- What rules of audiences and experiments may name, today. -#}
select
    customers.*,
    memberships.primary_segment,
    memberships.value_tier,
    memberships.rfm,
    memberships.lifecycle,
    memberships.behavior,
    memberships.demographic,
    memberships.psychographic,
    coalesce(
        customers.first_order_probability_90d < cutoff.probability_cutoff, false
    ) as is_unlikely_first_buyer
from {{ ref('features__customers') }} as customers
inner join {{ ref('segments__memberships') }} as memberships
    on
        customers.customer_id = memberships.customer_id
        and customers.as_of_date = memberships.as_of_date
cross join {{ ref('int_activation__first_order_cutoff') }} as cutoff
where
    customers.as_of_date = {{ segmentation.as_of_date() }}
    -- Who objects to profiling is in no rule.
    and customers.is_profiled
