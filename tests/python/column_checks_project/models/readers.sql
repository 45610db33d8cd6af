{{ config(materialized='table') }}

select customer_number from {{ ref('customers') }}
