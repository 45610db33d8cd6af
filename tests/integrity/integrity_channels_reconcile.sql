{{ config(meta={'explains': true}) }}

{#-
    Channels and what belongs to none sum to all spend and all revenue, and what is
    proposed to the budget, to the cent.
-#}
{%- set text = dbt.type_string() %}

with panel as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

known as (

    select
        'revenue' as quantity,
        coalesce(sum(revenue_amount), 0) as amount
    from {{ ref('measurement__orders') }}
    union all
    select
        'advertising' as quantity,
        coalesce(sum(delivered.spend_amount), 0) as amount
    from {{ ref('input__ad_spend') }} as delivered
    inner join panel
        on delivered.spend_date > panel.first_date
    where delivered.spend_date <= {{ segmentation.as_of_date() }}
    union all
    select
        'cost of marketing' as quantity,
        coalesce(sum(costs.cost_amount), 0) as amount
    from {{ ref('int_measurement__marketing_costs') }} as costs
    inner join panel
        on costs.cost_date > panel.first_date
    where costs.cost_date <= {{ segmentation.as_of_date() }}
    union all
    select
        'published spend' as quantity,
        coalesce(sum(spend_amount), 0) as amount
    from {{ ref('measurement__channel_economics') }}
    where channel <> 'all'
    union all
    select
        'budget' as quantity,
        coalesce(sum(proposed_amount), 0) as amount
    from {{ ref('measurement__budget_allocation') }}
    where channel = 'all'

),

summed as (

    {% for quantity, name in {
        'revenue': 'revenue_amount', 'advertising': 'ad_spend_amount',
        'cost of marketing': 'ad_spend_amount + campaign_cost_amount',
        'published spend': 'ad_spend_amount + campaign_cost_amount',
    }.items() %}
    select
        '{{ quantity }}' as quantity,
        coalesce(sum({{ name }}), 0) as amount
    from {{ ref('int_measurement__channel_months') }}
    union all
    {% endfor %}
    select
        'budget' as quantity,
        coalesce(sum(proposed_amount), 0) as amount
    from {{ ref('measurement__budget_allocation') }}
    where channel <> 'all'

)

select
    'The ' || known.quantity || ' is ' || cast(known.amount as {{ text }})
    || ' and channels sum to ' || cast(summed.amount as {{ text }})
    || '; both must be equal to the cent.' as message
from known
inner join summed
    on known.quantity = summed.quantity
where known.amount <> summed.amount
