{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{#- What a primary rule may name: every feature and every base code. -#}
select
    customers.*,
    codes.value_tier,
    codes.rfm,
    codes.lifecycle,
    codes.behavior,
    codes.behavior_origin,
    codes.psychographic_origin,
    codes.demographic,
    codes.psychographic
from {{ ref('features__customers') }} as customers
inner join {{ ref('int_segments__layer_codes') }} as codes
    on
        customers.customer_id = codes.customer_id
        and customers.as_of_date = codes.as_of_date
