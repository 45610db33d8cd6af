{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    Exact totals. People and what they are worth come from the memberships at both ends
    of a month; orders, messages and tickets belong to the segment before them.
-#}
{%- set sets = segmentation.segment_sets() %}
{%- set flows = segmentation.month_flows() %}
{%- set activity = segmentation.month_activity() %}

with transitions as (

    select
        *,
        cast({{ dbt.date_trunc('month', 'closes_on') }} as date) as month
    from {{ ref('int_measurement__transitions') }}
    where is_month

),

months as (

    select distinct
        month,
        opens_on,
        closes_on
    from transitions

),

-- From the side of the segment they leave or stay in, and of the one they come to.
sides as (

    {% for side in ['opening', 'recoded', 'closing'] %}
    select
        opens_on,
        closes_on,
        segment_set,
        {{ side }}_code as segment_code,
        {% for flow in flows %}
        {% if flow.side == side %}
        case when {{ flow.condition }} then {{ flow.people }}_count else 0 end
            as {{ flow.name }}_count,
        case when {{ flow.condition }} then {{ flow.measure }}_amount else 0 end
            as {{ flow.name }}_amount,
        case when {{ flow.condition }} then largest_{{ flow.measure }} end
            as largest_{{ flow.name }},
        {% else %}
        0 as {{ flow.name }}_count,
        0 as {{ flow.name }}_amount,
        cast(null as numeric(18, 2)) as largest_{{ flow.name }},
        {% endif %}
        {% endfor %}
        month
    from transitions
    where {{ side }}_code is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

people as (

    select
        opens_on,
        closes_on,
        segment_set,
        segment_code,
        {% for flow in flows %}
        sum({{ flow.name }}_count) as {{ flow.name }}_count,
        sum({{ flow.name }}_amount) as {{ flow.name }}_amount,
        max(largest_{{ flow.name }}) as largest_{{ flow.name }},
        {% endfor %}
        month
    from sides
    group by month, opens_on, closes_on, segment_set, segment_code

),

orders as (

    select
        months.month,
        orders.customer_id,
        {% for column in sets.values() %}
        orders.{{ column }},
        {% endfor %}
        max(case when orders.is_order then 1 else 0 end) as ordering_count,
        sum(case when orders.is_order then 1 else 0 end) as order_total,
        sum(orders.gross_amount) as gross_total,
        sum(orders.discount_amount) as discount_total,
        sum(orders.refunded_amount) as refunded_total,
        sum(orders.revenue_amount) as revenue_total,
        sum(orders.margin_amount) as margin_total,
        sum(case when orders.margin_amount is not null then orders.revenue_amount end)
            as margin_revenue_total
    from {{ ref('measurement__orders') }} as orders
    inner join months
        on orders.order_date > months.opens_on and orders.order_date <= months.closes_on
    group by
        months.month,
        {% for column in sets.values() %}
        orders.{{ column }},
        {% endfor %}
        orders.customer_id

),

contacts as (

    select
        source_system,
        source_customer_id,
        message_date as contact_date,
        sent_count as message_total,
        0 as ticket_total
    from {{ ref('int_features__message_days') }}
    where sent_count > 0
    union all
    select
        source_system,
        source_customer_id,
        {{ segmentation.local_date('min(opened_at)') }} as contact_date,
        0 as message_total,
        1 as ticket_total
    from {{ ref('input__support_tickets') }}
    where source_customer_id is not null
    group by source_system, ticket_id, source_customer_id

),

contacted as (

    select
        months.month,
        map.customer_id,
        months.opens_on,
        sum(contacts.message_total) as message_total,
        sum(contacts.ticket_total) as ticket_total
    from contacts
    inner join months
        on
            contacts.contact_date > months.opens_on
            and contacts.contact_date <= months.closes_on
    inner join {{ ref('identity__customer_map') }} as map
        on
            contacts.source_system = map.source_system
            and contacts.source_customer_id = map.source_customer_id
    group by months.month, map.customer_id, months.opens_on

),

active as (

    select
        month,
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        ordering_count,
        0 as contacted_count,
        {% for name in activity %}
        {{ name ~ '_total' if name not in ['message', 'ticket'] else '0' }}
            as {{ name }}_total,
        {% endfor %}
        margin_revenue_total
    from orders
    union all
    select
        contacted.month,
        {% for column in sets.values() %}
        coalesce(memberships.{{ column }}, 'unassigned') as {{ column }},
        {% endfor %}
        0 as ordering_count,
        1 as contacted_count,
        {% for name in activity %}
        {{ 'contacted.' ~ name ~ '_total' if name in ['message', 'ticket']
            else 'cast(null as numeric(18, 2))' if name == 'margin' else '0' }}
            as {{ name }}_total,
        {% endfor %}
        cast(null as numeric(18, 2)) as margin_revenue_total
    from contacted
    left join {{ ref('segments__memberships') }} as memberships
        on
            contacted.customer_id = memberships.customer_id
            and contacted.opens_on = memberships.as_of_date

),

activity_paths as (

    select
        month,
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        sum(ordering_count) as ordering_count,
        sum(contacted_count) as contacted_count,
        {% for name in activity %}
        sum({{ name }}_total) as {{ name }}_total,
        max(abs({{ name }}_total)) as largest_{{ name }},
        {% endfor %}
        sum(margin_revenue_total) as margin_revenue_total
    from active
    group by
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        month

),

done as (

    {% for set_name, column in sets.items() %}
    select
        month,
        '{{ set_name }}' as segment_set,
        {{ column }} as segment_code,
        {{ segmentation.activity_sums() }}
    from activity_paths
    group by month, {{ column }}
    union all
    {% endfor %}
    select
        month,
        'all' as segment_set,
        case when primary_segment = 'unassigned' then 'unassigned' else 'all' end
            as segment_code,
        {{ segmentation.activity_sums() }}
    from activity_paths
    group by
        month,
        case when primary_segment = 'unassigned' then 'unassigned' else 'all' end

),

unit_costs as (

    select
        months.month,
        costs.item,
        costs.cost_amount,
        row_number() over (
            partition by months.month, costs.item order by costs.stated_on desc
        ) as recency_rank
    from {{ ref('unit_costs') }} as costs
    inner join months
        on costs.stated_on <= months.closes_on
    where
        costs.dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

month_costs as (

    select
        months.month,
        months.opens_on,
        months.closes_on,
        max(case when unit_costs.item = 'message' then unit_costs.cost_amount end)
            as message_cost,
        max(
            case when unit_costs.item = 'support_ticket' then unit_costs.cost_amount end
        ) as ticket_cost
    from months
    left join unit_costs
        on months.month = unit_costs.month and unit_costs.recency_rank = 1
    group by months.month, months.opens_on, months.closes_on

),

-- What was spent in the month and is no new customer's.
spent as (

    select
        month_costs.month,
        sum(costs.cost_amount) as cost_amount
    from month_costs
    inner join {{ ref('int_measurement__marketing_costs') }} as costs
        on
            month_costs.opens_on < costs.cost_date
            and month_costs.closes_on >= costs.cost_date
    group by month_costs.month

),

allocated as (

    select
        segment_set,
        month,
        sum(acquired_amount) as allocated_amount
    from people
    group by segment_set, month

),

joined as (

    select
        coalesce(people.month, done.month) as month,
        coalesce(people.segment_set, done.segment_set) as segment_set,
        coalesce(people.segment_code, done.segment_code) as segment_code,
        {% for flow in flows %}
        coalesce(people.{{ flow.name }}_count, 0) as {{ flow.name }}_count,
        coalesce(people.{{ flow.name }}_amount, 0) as {{ flow.name }}_amount,
        people.largest_{{ flow.name }},
        {% endfor %}
        coalesce(done.ordering_count, 0) as ordering_count,
        coalesce(done.contacted_count, 0) as contacted_count,
        {% for name in activity %}
        {{ 'done.margin_total' if name == 'margin'
            else 'coalesce(done.' ~ name ~ '_total, 0)' }} as {{ name }}_total,
        done.largest_{{ name }},
        {% endfor %}
        done.margin_revenue_total
    from people
    full outer join done
        on
            people.month = done.month
            and people.segment_set = done.segment_set
            and people.segment_code = done.segment_code
    union all
    select
        allocated.month,
        allocated.segment_set,
        'unallocated' as segment_code,
        {% for flow in flows %}
        0 as {{ flow.name }}_count,
        {{ 'spent.cost_amount - coalesce(allocated.allocated_amount, 0)'
            if flow.name == 'acquired' else '0' }} as {{ flow.name }}_amount,
        cast(null as numeric(18, 2)) as largest_{{ flow.name }},
        {% endfor %}
        0 as ordering_count,
        0 as contacted_count,
        {% for name in activity %}
        {{ 'cast(null as numeric(18, 2))' if name == 'margin' else '0' }}
            as {{ name }}_total,
        cast(null as numeric(18, 2)) as largest_{{ name }},
        {% endfor %}
        cast(null as numeric(18, 2)) as margin_revenue_total
    from allocated
    inner join spent
        on allocated.month = spent.month

),

final as (

    select
        joined.*,
        month_costs.opens_on,
        month_costs.closes_on,
        month_costs.message_cost,
        month_costs.ticket_cost
    from joined
    inner join month_costs
        on joined.month = month_costs.month

)

select * from final
