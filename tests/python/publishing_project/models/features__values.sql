{{ config(materialized='ephemeral') }}

select
    customer_id,
    tag,
    phone,
    cast(spend as decimal(18, 2)) as spend
from {{ ref('people') }}
