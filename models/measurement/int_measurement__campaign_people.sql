{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set days = var('segmentation_response_days') %}

with panel as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

campaigns as (

    select *
    from {{ ref('int_measurement__campaigns') }}

),

messages as (

    select
        messages.campaign_id,
        map.customer_id,
        min(lower(messages.channel)) as channel,
        min(
            case
                when messages.event_type = 'sent'
                    then {{ segmentation.local_date('messages.occurred_at') }}
            end
        ) as sent_date,
        max(case when messages.event_type = 'bounced' then 1 else 0 end) as is_bounced,
        max(case when messages.event_type = 'delivered' then 1 else 0 end)
            as is_arrived,
        max(
            case
                when
                    messages.event_type = 'opened'
                    and not coalesce(messages.is_machine, false)
                    then 1
                else 0
            end
        ) as is_opened,
        max(
            case
                when
                    messages.event_type = 'clicked'
                    and not coalesce(messages.is_machine, false)
                    then 1
                else 0
            end
        ) as is_clicked
    from {{ ref('input__messages') }} as messages
    inner join {{ ref('identity__customer_map') }} as map
        on
            messages.source_system = map.source_system
            and messages.source_customer_id = map.source_customer_id
    where messages.campaign_id is not null
    group by messages.campaign_id, map.customer_id

),

assignments as (

    select
        exposures.*,
        count(exposed_at) over (partition by campaign_id) as exposed_count
    from {{ ref('input__campaign_exposures') }} as exposures

),

-- A source that never says when somebody was exposed means everybody but those whom an
-- arm leaves alone.
exposures as (

    select
        assignments.campaign_id,
        map.customer_id,
        min(assignments.arm) as arm,
        count(distinct assignments.arm) as arm_count,
        min(
            case
                when assignments.exposed_at is not null
                    then {{ segmentation.local_date('assignments.exposed_at') }}
                when
                    assignments.exposed_count = 0
                    and coalesce(assignments.arm, '')
                    not in ('holdout', 'control', 'no_contact')
                    then
                        coalesce(
                            {{ segmentation.local_date('assignments.assigned_at') }},
                            campaigns.started_date
                        )
            end
        ) as exposed_date
    from assignments
    inner join {{ ref('identity__customer_map') }} as map
        on
            assignments.source_system = map.source_system
            and assignments.source_customer_id = map.source_customer_id
    left join campaigns
        on assignments.campaign_id = campaigns.campaign_id
    group by assignments.campaign_id, map.customer_id

),

contacts as (

    select
        coalesce(messages.campaign_id, exposures.campaign_id) as campaign_id,
        coalesce(messages.customer_id, exposures.customer_id) as customer_id,
        messages.channel,
        case when exposures.arm_count > 1 then 'several' else exposures.arm end as arm,
        coalesce(messages.sent_date, exposures.exposed_date) as sent_date,
        messages.is_bounced,
        messages.is_arrived,
        messages.is_opened,
        messages.is_clicked,
        messages.customer_id is not null as has_message
    from messages
    full outer join exposures
        on
            messages.campaign_id = exposures.campaign_id
            and messages.customer_id = exposures.customer_id

),

people as (

    select
        contacts.*,
        -- A source either reports what arrived, or what did not.
        max(contacts.is_arrived) over (partition by contacts.campaign_id)
            as reports_arrival
    from contacts
    cross join panel
    where
        contacts.sent_date > panel.first_date
        and contacts.sent_date <= {{ segmentation.as_of_date() }}

),

sends as (

    select distinct
        campaign_id,
        sent_date
    from people

),

purchases as (

    select
        sends.campaign_id,
        sends.sent_date,
        orders.customer_id,
        sum(
            case
                when orders.is_order and orders.order_date >= sends.sent_date then 1
                else 0
            end
        ) as order_count,
        sum(
            case
                when orders.order_date >= sends.sent_date then orders.revenue_amount
                else 0
            end
        ) as revenue_amount,
        -- After the memberships, which know nothing of it.
        max(
            case
                when orders.is_order and orders.order_date < sends.sent_date
                    then orders.order_date
            end
        ) as last_order_date
    from sends
    left join {{ ref('int_measurement__membership_spans') }} as spans
        on sends.sent_date between spans.first_day and spans.last_day
    inner join {{ ref('measurement__orders') }} as orders
        on
            orders.order_date >= coalesce(spans.first_day, sends.sent_date)
            and orders.order_date
            <= {{ segmentation.add_days('sends.sent_date', days) }}
    group by sends.campaign_id, sends.sent_date, orders.customer_id

),

responses as (

    select distinct
        responses.campaign_id,
        map.customer_id
    from {{ ref('input__campaign_responses') }} as responses
    inner join {{ ref('identity__customer_map') }} as map
        on
            responses.source_system = map.source_system
            and responses.source_customer_id = map.source_customer_id

),

joined as (

    select
        people.*,
        coalesce(campaigns.channel, people.channel, 'unknown') as used_channel,
        purchases.order_count,
        purchases.revenue_amount,
        coalesce(purchases.last_order_date, past.last_order_date) as last_order_date,
        {% for column in segmentation.segment_sets().values() %}
        memberships.{{ column }},
        {% endfor %}
        responses.customer_id is not null as is_responded,
        memberships.as_of_date
    from people
    left join campaigns
        on people.campaign_id = campaigns.campaign_id
    left join purchases
        on
            people.campaign_id = purchases.campaign_id
            and people.sent_date = purchases.sent_date
            and people.customer_id = purchases.customer_id
    left join responses
        on
            people.campaign_id = responses.campaign_id
            and people.customer_id = responses.customer_id
    left join {{ ref('int_measurement__membership_spans') }} as spans
        on people.sent_date between spans.first_day and spans.last_day
    left join {{ ref('segments__memberships') }} as memberships
        on
            people.customer_id = memberships.customer_id
            and spans.as_of_date = memberships.as_of_date
    left join {{ ref('features__purchases') }} as past
        on
            memberships.customer_id = past.customer_id
            and memberships.as_of_date = past.as_of_date

),

final as (

    select
        campaign_id,
        customer_id,
        used_channel as channel,
        arm,
        {% for column in segmentation.segment_sets().values() %}
        coalesce({{ column }}, 'unassigned') as {{ column }},
        {% endfor %}
        case
            when last_order_date >= {{ segmentation.add_days('sent_date', -90) }}
                then 'bought_90d'
            when last_order_date is not null then 'bought_earlier'
            when as_of_date is null then 'unassigned'
            else 'no_orders'
        end as recency,
        case
            when has_message and reports_arrival = 1 then is_arrived = 1
            when has_message then is_bounced = 0
        end as is_delivered,
        coalesce(is_opened = 1, false) as is_opened,
        coalesce(is_clicked = 1, false) as is_clicked,
        is_responded,
        coalesce(order_count > 0, false) as is_ordered,
        cast(coalesce(revenue_amount, 0) as numeric(18, 2)) as revenue_amount,
        sent_date,
        {{ segmentation.add_days('sent_date', days) }} as window_end_date
    from joined

)

select * from final
