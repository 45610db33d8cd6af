select
    customer_id,
    {% if env_var('TOY_ADOPTER_FAILS', '') %}error('the adopter''s own mistake')
    {% else %}1{% endif %} as points
from {{ ref('segments__customers') }}
