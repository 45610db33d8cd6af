{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set amounts = [
    'gross_amount', 'discount_amount', 'refunded_amount', 'revenue_amount',
    'margin_amount',
] %}

with refunds as (

    select
        source_system,
        order_id,
        sum(refunded_amount) as refunded_amount,
        sum(refunded_margin_amount) as refunded_margin_amount,
        max(cancelled_count) as cancelled_count
    from {{ ref('int_features__order_refunds') }}
    where ended_date is null
    group by source_system, order_id

),

panel_start as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

-- Before the panel begins nobody has a segment.
orders as (

    select
        versions.source_system,
        versions.source_customer_id,
        versions.order_id,
        versions.order_date,
        versions.channel,
        versions.campaign_id,
        versions.is_order and coalesce(refunds.cancelled_count, 0) = 0 as is_order,
        versions.gross_amount,
        versions.discount_amount,
        coalesce(refunds.refunded_amount, 0) as refunded_amount,
        versions.net_amount - coalesce(refunds.refunded_amount, 0) as revenue_amount,
        versions.margin_amount - coalesce(refunds.refunded_margin_amount, 0)
            as margin_amount
    from {{ ref('int_features__order_versions') }} as versions
    inner join panel_start
        on versions.order_date > panel_start.first_date
    left join refunds
        on
            versions.source_system = refunds.source_system
            and versions.order_id = refunds.order_id
    where versions.ended_date is null

),

final as (

    select
        cast(orders.source_system as {{ text }}) as source_system,
        cast(orders.order_id as {{ text }}) as order_id,
        map.customer_id,
        orders.order_date,
        cast(orders.channel as {{ text }}) as channel,
        cast(orders.campaign_id as {{ text }}) as campaign_id,
        orders.is_order,
        {% for name in amounts %}
        cast(orders.{{ name }} as numeric(18, 2)) as {{ name }},
        {% endfor %}
        memberships.as_of_date as segment_date,
        {% for column in segmentation.segment_sets().values() %}
        cast(coalesce(memberships.{{ column }}, 'unassigned') as {{ text }})
            as {{ column }},
        {% endfor %}
        cast(coalesce(customers.primary_segment, 'unassigned') as {{ text }})
            as current_primary_segment
    from orders
    inner join {{ ref('identity__customer_map') }} as map
        on
            orders.source_system = map.source_system
            and orders.source_customer_id = map.source_customer_id
    left join {{ ref('int_measurement__membership_spans') }} as spans
        on orders.order_date between spans.first_day and spans.last_day
    left join {{ ref('segments__memberships') }} as memberships
        on
            map.customer_id = memberships.customer_id
            and spans.as_of_date = memberships.as_of_date
    left join {{ ref('segments__customers') }} as customers
        on map.customer_id = customers.customer_id

)

select * from final
