{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    Who went where between two dates: the ends of each month, and each earlier date and
    the as-of date. `recoded_code` is what the opening code would be under the parameters
    of the closing date, so that new cut points are told from people who moved.
-#}
{%- set sets = segmentation.segment_sets() %}
{%- set amounts = {
    'opening': 'opening_amount',
    'closing': 'closing_amount',
    'grown': 'greatest(closing_amount - opening_amount, 0)',
    'shrunk': 'greatest(opening_amount - closing_amount, 0)',
    'marketing': 'case when is_acquired then acquisition_amount end',
} %}

with dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date asc) as previous_date,
        is_current
    from {{ ref('features__as_of_dates') }}

),

pairs as (

    select
        opening.as_of_date as opens_on,
        closing.as_of_date as closes_on,
        opening.as_of_date = closing.previous_date as is_month
    from dates as opening
    inner join dates as closing
        on
            opening.as_of_date < closing.as_of_date
            and (
                opening.as_of_date = closing.previous_date or closing.is_current
            )

),

members as (

    select
        memberships.customer_id,
        memberships.as_of_date,
        {% for column in sets.values() %}
        memberships.{{ column }},
        {% endfor %}
        coalesce(customers.revenue_90d, 0) as value_amount,
        customers.tenure_days,
        -- In whole cents, so that a month adds up; the panel holds two digits.
        costs.exact_amount as acquisition_amount
    from {{ ref('segments__memberships') }} as memberships
    inner join {{ ref('features__customers') }} as customers
        on
            memberships.customer_id = customers.customer_id
            and memberships.as_of_date = customers.as_of_date
    left join {{ ref('int_features__purchases') }} as purchases
        on
            customers.customer_id = purchases.customer_id
            and customers.as_of_date = purchases.as_of_date
            and customers.acquisition_cost_amount is not null
    left join {{ ref('int_features__acquisition_costs') }} as costs
        on
            purchases.as_of_date = costs.as_of_date
            and coalesce(purchases.first_campaign_id, '') = costs.first_campaign_id
            and purchases.first_order_month = costs.cohort_month

),

{% for side, date in {'opening': 'opens_on', 'closing': 'closes_on'}.items() %}
{{ side }} as (

    select
        members.*,
        pairs.opens_on,
        pairs.closes_on,
        pairs.is_month
    from members
    inner join pairs
        on members.as_of_date = pairs.{{ date }}

),

{% endfor %}
moves as (

    select
        coalesce(closing.opens_on, opening.opens_on) as opens_on,
        coalesce(closing.closes_on, opening.closes_on) as closes_on,
        coalesce(closing.is_month, opening.is_month) as is_month,
        {% for column in sets.values() %}
        opening.{{ column }} as opening_{{ column }},
        coalesce(recoded.{{ column }}, opening.{{ column }}) as recoded_{{ column }},
        closing.{{ column }} as closing_{{ column }},
        {% endfor %}
        coalesce(opening.value_amount, 0) as opening_amount,
        coalesce(closing.value_amount, 0) as closing_amount,
        closing.tenure_days < {{ segmentation.days_between(
            'closing.opens_on', 'closing.closes_on'
        ) }} as is_acquired,
        closing.acquisition_amount
    from closing
    full outer join opening
        on
            closing.customer_id = opening.customer_id
            and closing.opens_on = opening.opens_on
            and closing.closes_on = opening.closes_on
    left join {{ ref('int_measurement__recoded_customers') }} as recoded
        on
            opening.customer_id = recoded.customer_id
            and opening.opens_on = recoded.as_of_date
            and opening.closes_on = recoded.closes_on

),

-- Few rows, whatever the number of customers.
paths as (

    select
        opens_on,
        closes_on,
        is_month,
        {% for column in sets.values() %}
        opening_{{ column }},
        recoded_{{ column }},
        closing_{{ column }},
        {% endfor %}
        {% for name, amount in amounts.items() %}
        sum({{ amount }}) as {{ name }}_amount,
        max({{ amount }}) as largest_{{ name }},
        {% endfor %}
        sum(case when closing_amount > opening_amount then 1 else 0 end)
            as grown_count,
        sum(case when closing_amount < opening_amount then 1 else 0 end)
            as shrunk_count,
        sum(case when is_acquired then 1 else 0 end) as acquired_count,
        count(*) as customer_count
    from moves
    group by
        opens_on,
        closes_on,
        {% for column in sets.values() %}
        opening_{{ column }},
        recoded_{{ column }},
        closing_{{ column }},
        {% endfor %}
        is_month

),

final as (

    {% for set_name, column in sets.items() %}
    select
        '{{ set_name }}' as segment_set,
        opening_{{ column }} as opening_code,
        recoded_{{ column }} as recoded_code,
        closing_{{ column }} as closing_code,
        {{ segmentation.transition_sums(amounts) }}
    from paths
    group by
        opens_on,
        closes_on,
        is_month,
        opening_{{ column }},
        recoded_{{ column }},
        closing_{{ column }}
    union all
    {% endfor %}
    select
        'all' as segment_set,
        case when opening_primary_segment is not null then 'all' end as opening_code,
        case when opening_primary_segment is not null then 'all' end as recoded_code,
        case when closing_primary_segment is not null then 'all' end as closing_code,
        {{ segmentation.transition_sums(amounts) }}
    from paths
    group by
        opens_on,
        closes_on,
        is_month,
        case when opening_primary_segment is not null then 'all' end,
        case when closing_primary_segment is not null then 'all' end

)

select * from final
