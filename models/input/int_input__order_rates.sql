{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

select
    source_system,
    order_id,
    max(currency_rate) as currency_rate
from {{ ref('int_input__orders') }}
where row_outcome = 'kept' and currency_rate <> 1
group by source_system, order_id
