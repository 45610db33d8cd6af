select customer_id, phone
from {{ ref('features__values') }}
