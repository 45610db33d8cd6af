{{ config(meta={'explains': true}) }}

select
    'orders of source ' || source_system || ': '
    || cast(count(*) as {{ dbt.type_string() }})
    || ' orders have neither a net_amount nor lines to sum, for example order '
    || min(order_id) || '. Map net_amount, or map order_lines for this source.'
        as message
from {{ ref('input__orders') }}
where net_amount is null
group by source_system
