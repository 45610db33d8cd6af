{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set amounts = ['order_count', 'revenue_amount', 'margin_amount'] %}
{%- set unknown = 'cast(null as bigint)' %}
{#- What each part knows, and what stands for it in the others. -#}
{%- set measures = {
    'ad_spend_amount': 0, 'cost_amount': 0, 'impressions': unknown,
    'clicks': unknown, 'reached_count': unknown, 'acquired_count': 0, 'buyer_count': 0,
    'order_count': 0, 'revenue_amount': 0, 'margin_amount': 0,
    'margin_revenue_amount': 0,
} %}
{%- set parts = {
    'spend': {
        'ad_spend_amount': 'spend_amount', 'impressions': 'impressions',
        'clicks': 'clicks',
    },
    'costs': {'cost_amount': 'cost_amount'},
    'reached': {'reached_count': 'reached_count'},
    'acquired': {'acquired_count': 'acquired_count'},
    'customer_orders': {
        'buyer_count': '1', 'order_count': 'order_count',
        'revenue_amount': 'revenue_amount', 'margin_amount': 'coalesce(margin_amount, 0)',
        'margin_revenue_amount': 'margin_revenue_amount',
    },
} %}

with panel as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

spend as (

    select
        lower(delivered.channel) as channel,
        cast({{ dbt.date_trunc('month', 'delivered.spend_date') }} as date)
            as calendar_month,
        delivered.spend_amount,
        delivered.impressions,
        delivered.clicks
    from {{ ref('input__ad_spend') }} as delivered
    inner join panel
        on delivered.spend_date > panel.first_date
    where delivered.spend_date <= {{ segmentation.as_of_date() }}

),

costs as (

    select
        coalesce(costs.channel, 'unallocated') as channel,
        cast({{ dbt.date_trunc('month', 'costs.cost_date') }} as date)
            as calendar_month,
        costs.cost_amount
    from {{ ref('int_measurement__marketing_costs') }} as costs
    inner join panel
        on costs.cost_date > panel.first_date
    where costs.cost_date <= {{ segmentation.as_of_date() }}

),

placed_campaigns as (

    select
        campaign_id,
        channel
    from {{ ref('int_measurement__marketing_costs') }}
    where
        campaign_id is not null
        and channel is not null
        and cost_date <= {{ segmentation.as_of_date() }}
    union distinct
    select
        campaign_id,
        channel
    from {{ ref('int_measurement__campaigns') }}
    where channel is not null

),

-- A campaign that ran in two channels says nothing about the channel.
campaign_channels as (

    select
        campaign_id,
        min(channel) as channel
    from placed_campaigns
    group by campaign_id
    having count(*) = 1

),

customer_orders as (

    select
        coalesce(campaign_channels.channel, 'unallocated') as channel,
        cast({{ dbt.date_trunc('month', 'orders.order_date') }} as date)
            as calendar_month,
        orders.customer_id,
        sum(case when orders.is_order then 1 else 0 end) as order_count,
        sum(orders.revenue_amount) as revenue_amount,
        sum(orders.margin_amount) as margin_amount,
        sum(
            case
                when orders.margin_amount is not null then orders.revenue_amount
                else 0
            end
        ) as margin_revenue_amount
    from {{ ref('measurement__orders') }} as orders
    left join campaign_channels
        on orders.campaign_id = campaign_channels.campaign_id
    group by
        coalesce(campaign_channels.channel, 'unallocated'),
        cast({{ dbt.date_trunc('month', 'orders.order_date') }} as date),
        orders.customer_id

),

acquired as (

    select
        coalesce(campaign_channels.channel, 'unallocated') as channel,
        purchases.first_order_month as calendar_month,
        count(*) as acquired_count
    from {{ ref('int_features__purchases') }} as purchases
    inner join panel
        on purchases.first_order_date > panel.first_date
    left join campaign_channels
        on
            purchases.first_campaign_id
            = {{ segmentation.binary_order('campaign_channels.campaign_id') }}
    where
        purchases.as_of_date = {{ segmentation.as_of_date() }}
        and not purchases.is_reference
        and not purchases.is_tenure_censored
    group by
        coalesce(campaign_channels.channel, 'unallocated'), purchases.first_order_month

),

reached as (

    select
        case when channel = 'unknown' then 'unallocated' else channel end as channel,
        cast({{ dbt.date_trunc('month', 'sent_date') }} as date) as calendar_month,
        count(distinct customer_id) as reached_count
    from {{ ref('int_measurement__campaign_people') }}
    group by
        case when channel = 'unknown' then 'unallocated' else channel end,
        cast({{ dbt.date_trunc('month', 'sent_date') }} as date)

),

facts as (

    {% for part, given in parts.items() %}
    select
        {% for name, absent in measures.items() %}
        {{ given.get(name, absent) }} as {{ name }},
        {% endfor %}
        channel,
        calendar_month
    from {{ part }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        channel,
        calendar_month,
        {% for name in amounts %}
        max(abs({{ name }})) as largest_{{ name }},
        {% endfor %}
        cast(sum(ad_spend_amount) as numeric(18, 2)) as ad_spend_amount,
        cast(sum(cost_amount) - sum(ad_spend_amount) as numeric(18, 2))
            as campaign_cost_amount,
        sum(impressions) as impressions,
        sum(clicks) as clicks,
        max(reached_count) as reached_count,
        sum(acquired_count) as acquired_count,
        sum(buyer_count) as buyer_count,
        sum(order_count) as order_count,
        cast(sum(revenue_amount) as numeric(18, 2)) as revenue_amount,
        cast(sum(margin_amount) as numeric(18, 2)) as margin_amount,
        cast(sum(margin_revenue_amount) as numeric(18, 2)) as margin_revenue_amount
    from facts
    group by channel, calendar_month

)

select * from final
