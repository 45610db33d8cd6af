{{ config(schema=segmentation.segmentation_schema('internal')) }}

select
    customer_id,
    min(as_of_date) as first_as_of_date
from {{ ref('int_features__population') }}
where not is_reference
group by customer_id
