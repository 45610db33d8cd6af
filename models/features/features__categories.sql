{{ segmentation.panel_view_config('public') }}
{{ config(contract={'enforced': true}) }}

select
    categories.customer_id,
    categories.as_of_date,
    categories.top_category,
    categories.product_count,
    categories.category_count,
    categories.category_entropy,
    categories.top_category_share,
    categories.private_label_share
from {{ ref('int_features__categories') }} as categories
inner join {{ ref('features__as_of_dates') }} as dates
    on categories.as_of_date = dates.as_of_date
