select customer_id
from {{ ref('segments__customers') }}
where spend < {{ env_var('TOY_LEAST_SPEND', '0') }}
