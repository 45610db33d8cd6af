{{ config(schema=segmentation.segmentation_schema('internal')) }}

select
    customer_id,
    min(case when not is_reference then as_of_date end) as first_as_of_date,
    min(as_of_date) as first_reference_date
from {{ ref('int_features__population') }}
group by customer_id
