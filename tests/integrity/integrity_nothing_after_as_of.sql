{#- A row knows nothing that happened after its date. -#}
select
    customer_id,
    as_of_date,
    first_seen_date,
    first_order_date,
    last_order_date
from {{ ref('features__customers') }}
where
    first_seen_date > as_of_date
    or first_order_date > as_of_date
    or last_order_date > as_of_date
    or days_since_last_order < 0
    or order_count < 0
