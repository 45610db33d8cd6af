-- How much two sets say the same: customers by primary segment and any other set today.
select
    others.segment_set,
    others.segment_code,
    customers.primary_segment,
    count(*) as customer_count,
    {{ segmentation.ratio(
        'count(*)',
        'sum(count(*)) over (partition by others.segment_set, others.segment_code)'
    ) }} as share_of_segment
from {{ ref('segments__customers') }} as customers
inner join {{ ref('segments__memberships_long') }} as others
    on
        customers.customer_id = others.customer_id
        and customers.as_of_date = others.as_of_date
where others.segment_set <> 'primary'
group by others.segment_set, others.segment_code, customers.primary_segment
order by others.segment_set asc, others.segment_code asc, customer_count desc
