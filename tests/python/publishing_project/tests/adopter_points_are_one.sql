select report.customer_id
from {{ ref('adopter__report') }} as report
inner join {{ ref('segments__customers') }} as customers
    on report.customer_id = customers.customer_id
where report.points <> 1
