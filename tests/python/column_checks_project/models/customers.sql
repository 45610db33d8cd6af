{{ config(materialized='table') }}

select
    7 as points,
    cast({{ 'null' if env_var('COLUMN_CHECKS_WRONG', '') else 1 }} as integer)
        as customer_number
