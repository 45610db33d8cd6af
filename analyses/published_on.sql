-- What was served at a moment: each customer and date with the codes people saw then.
-- Put another moment (UTC) here, or replace the condition by run_id = '...'.
select
    published.customer_id,
    published.as_of_date,
    published.primary_segment,
    published.value_tier,
    published.rfm,
    published.lifecycle,
    published.behavior,
    published.demographic,
    published.psychographic,
    published.run_id
from {{ ref('measurement__memberships_as_published') }} as published
inner join {{ ref('measurement__servings') }} as servings
    on published.run_id = servings.run_id
where
    servings.served_from <= cast('2025-07-01 09:00:00' as {{ dbt.type_timestamp() }})
    and (
        servings.served_to > cast('2025-07-01 09:00:00' as {{ dbt.type_timestamp() }})
        or servings.served_to is null
    )
order by published.customer_id asc, published.as_of_date asc
