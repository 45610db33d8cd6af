{{ config(meta={'explains': true}) }}

{#- Identity and features derive who is a buyer on their own; both must agree. -#}
select
    'Customer ' || customers.customer_id || ' is a ' || customers.customer_type
    || ' in identity__customers and a ' || features.customer_type
    || ' in features__customers.' as message
from {{ ref('identity__customers') }} as customers
inner join {{ ref('features__customers') }} as features
    on customers.customer_id = features.customer_id
inner join {{ ref('features__as_of_dates') }} as dates
    on features.as_of_date = dates.as_of_date
where dates.is_current and customers.customer_type <> features.customer_type
