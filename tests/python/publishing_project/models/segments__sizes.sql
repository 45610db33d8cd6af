{{ config(materialized='view') }}

select
    cast('2024-01-01 23:30:00+00' as timestamp with time zone)::date as first_date,
    count(*) as customer_count
from {{ ref('segments__customers') }}
