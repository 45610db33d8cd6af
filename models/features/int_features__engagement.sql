{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

select
    sums.*,
    {% for channel in ['store', 'web', 'app', 'phone', 'other'] %}
    purchases.{{ channel }}_order_count,
    {% endfor %}
    usual_hours.usual_hour
from {{ ref('int_features__engagement_sums') }} as sums
inner join {{ ref('int_features__purchase_sums') }} as purchases
    on
        sums.customer_id = purchases.customer_id
        and sums.as_of_date = purchases.as_of_date
left join {{ ref('int_features__usual_hours') }} as usual_hours
    on
        sums.customer_id = usual_hours.customer_id
        and sums.as_of_date = usual_hours.as_of_date
