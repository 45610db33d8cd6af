{{ config(
    materialized='view',
    schema=segmentation.segmentation_schema('public'),
    contract={'enforced': true},
) }}

select
    customer_id,
    as_of_date,
    top_category,
    product_count,
    category_count,
    category_entropy,
    top_category_share,
    private_label_share
from {{ ref('int_features__categories') }}
where not is_reference
