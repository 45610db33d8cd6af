{{ config(meta={'explains': true}) }}

{#-
    The segments of each set divide the people of a campaign, and these are those whom the
    sources name, with all their money; mix and rate effects sum to the change.
-#}
{%- set sums = [
    'people_count', 'delivered_count', 'opened_count', 'clicked_count',
    'responded_count', 'ordered_count', 'revenue_amount',
] %}
{%- set text = dbt.type_string() %}

with divided as (

    select
        segments.campaign_id,
        {% for name in sums %}
        sum(segments.{{ name }}) as {{ name }},
        max(everybody.{{ name }}) as all_{{ name }},
        {% endfor %}
        segments.segment_set
    from {{ ref('int_measurement__campaign_segments') }} as segments
    inner join {{ ref('int_measurement__campaign_segments') }} as everybody
        on
            segments.campaign_id = everybody.campaign_id
            and everybody.segment_set = 'all'
    group by segments.campaign_id, segments.segment_set

),

panel as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

first_sends as (

    select
        messages.campaign_id,
        map.customer_id,
        min({{ segmentation.local_date('messages.occurred_at') }}) as sent_date
    from {{ ref('input__messages') }} as messages
    inner join {{ ref('identity__customer_map') }} as map
        on
            messages.source_system = map.source_system
            and messages.source_customer_id = map.source_customer_id
    where messages.campaign_id is not null and messages.event_type = 'sent'
    group by messages.campaign_id, map.customer_id

),

sent as (

    select
        first_sends.campaign_id,
        count(*) as people_count
    from first_sends
    inner join panel
        on first_sends.sent_date > panel.first_date
    group by first_sends.campaign_id

),

found as (

    select
        people.campaign_id,
        count(*) as people_count
    from {{ ref('int_measurement__campaign_people') }} as people
    inner join first_sends
        on
            people.campaign_id = first_sends.campaign_id
            and people.customer_id = first_sends.customer_id
    group by people.campaign_id

),

spent as (

    select coalesce(sum(orders.revenue_amount), 0) as revenue_amount
    from {{ ref('int_measurement__campaign_people') }} as people
    inner join {{ ref('measurement__orders') }} as orders
        on
            people.customer_id = orders.customer_id
            and orders.order_date between people.sent_date and people.window_end_date

),

summed as (

    select coalesce(sum(revenue_amount), 0) as revenue_amount
    from {{ ref('int_measurement__campaign_segments') }}
    where segment_set = 'all'

),

changes as (

    select
        campaign_id,
        segment_set,
        measure,
        sum(mix_effect + rate_effect) as effects,
        cast(sum(event_count) as double precision) / sum(people_count)
        - cast(sum(previous_event_count) as double precision)
        / sum(previous_people_count) as change
    from {{ ref('int_measurement__campaign_shifts') }}
    group by campaign_id, segment_set, measure

)

{% for name in sums %}
select
    'The {{ name | replace('_', ' ') }} of campaign ' || campaign_id || ' is '
    || cast(all_{{ name }} as {{ text }}) || ' and that of the segments of '
    || segment_set || ' is ' || cast({{ name }} as {{ text }})
    || '; both must be equal.' as message
from divided
where {{ name }} <> all_{{ name }}
union all
{% endfor %}
select
    'Campaign ' || sent.campaign_id || ' was sent to '
    || cast(sent.people_count as {{ text }}) || ' people by its messages and to '
    || cast(coalesce(found.people_count, 0) as {{ text }})
    || ' of them by its people; both must be equal.' as message
from sent
left join found
    on sent.campaign_id = found.campaign_id
where sent.people_count <> coalesce(found.people_count, 0)
union all
select
    'Orders after sends sum to ' || cast(spent.revenue_amount as {{ text }})
    || ' and campaigns to ' || cast(summed.revenue_amount as {{ text }})
    || '; both must be equal to the cent.' as message
from spent
cross join summed
where spent.revenue_amount <> summed.revenue_amount
union all
select
    'Mix and rate effects of ' || measure || ' of campaign ' || campaign_id || ' by '
    || segment_set || ' sum to ' || cast(effects as {{ text }}) || ' and its change is '
    || cast(change as {{ text }}) || '; both must be equal.' as message
from changes
where abs(effects - change) > 0.000000001
