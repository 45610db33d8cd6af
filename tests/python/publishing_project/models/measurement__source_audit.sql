select
    'customer_records' as entity,
    'people' as source_system,
    count(*) as row_count,
    0 as duplicate_count
from {{ ref('people') }}
