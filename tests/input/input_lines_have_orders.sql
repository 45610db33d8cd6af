{{ config(severity='warn', meta={'explains': true}) }}

-- Not from input__orders, which adds up all lines for the amounts of orders.
with orders as (

    {{ segmentation.kept_rows('orders') }}

)

{% for entity in ['order_lines', 'order_changes'] %}
select
    '{{ entity }} of source ' || parts.source_system || ': '
    || cast(count(*) as {{ dbt.type_string() }})
    || ' rows name an order_id that orders does not have, for example '
    || min(parts.order_id) || '. They count nowhere until the order arrives.' as message
from {{ ref('input__' ~ entity) }} as parts
left join orders
    on
        parts.source_system = orders.source_system
        and parts.order_id = orders.order_id
where orders.order_id is null
group by parts.source_system
{% if not loop.last %}union all{% endif %}
{% endfor %}
