{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set money = segmentation.sql_type('numeric(18, 2)') %}
{%- set amounts = ['order_count', 'revenue_amount', 'margin_amount'] %}
{%- set smallest = segmentation.smallest_cell() %}

{#- The cells of all channels are those of the channels together. -#}
{%- set sums = [
    'ad_spend_amount', 'campaign_cost_amount', 'impressions', 'clicks',
    'acquired_count', 'buyer_count', 'margin_revenue_amount',
] + amounts %}

with months as (

    select *
    from {{ ref('int_measurement__channel_months') }}

),

cells as (

    select
        channel,
        calendar_month,
        reached_count,
        {% for name in sums %}
        {{ name }},
        {% endfor %}
        largest_order_count,
        largest_revenue_amount,
        largest_margin_amount
    from months
    union all
    select
        'all' as channel,
        calendar_month,
        null as reached_count,
        {% for name in sums %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        max(largest_order_count) as largest_order_count,
        max(largest_revenue_amount) as largest_revenue_amount,
        max(largest_margin_amount) as largest_margin_amount
    from months
    group by calendar_month

),

-- A total of few is about somebody; others are in steps that no one customer moves.
shared as (

    select
        channel,
        calendar_month,
        ad_spend_amount + campaign_cost_amount as spend_amount,
        ad_spend_amount,
        campaign_cost_amount,
        impressions,
        clicks,
        {{ segmentation.shared_count('reached_count') }} as reached_count,
        {{ segmentation.shared_count('acquired_count') }} as acquired_count,
        {{ segmentation.shared_count('buyer_count') }} as buyer_count,
        {% for name in amounts %}
        case
            when buyer_count >= {{ smallest }}
                then {{ segmentation.in_steps(
                    name, segmentation.shared_step('largest_' ~ name, '1'), '0.5'
                ) }}
        end as {{ name }},
        {% endfor %}
        -- Where some orders do not say their margin, nobody knows the margin of all.
        margin_revenue_amount = revenue_amount as is_margin_known
    from cells

),

final as (

    select
        cast(calendar_month as date) as calendar_month,
        cast(channel as {{ text }}) as channel,
        cast(
            case
                when channel = 'all' then 'everything'
                when channel = 'unallocated' then 'no_channel'
                when buyer_count is null then 'no_order_names_it'
                else 'campaign_of_the_order'
            end as {{ text }}
        ) as revenue_basis,
        cast(spend_amount as {{ money }}) as spend_amount,
        cast(ad_spend_amount as {{ money }}) as ad_spend_amount,
        cast(campaign_cost_amount as {{ money }}) as campaign_cost_amount,
        cast(impressions as bigint) as impressions,
        cast(clicks as bigint) as clicks,
        cast(reached_count as bigint) as reached_count,
        cast(acquired_count as bigint) as acquired_count,
        cast(buyer_count as bigint) as buyer_count,
        cast(order_count as bigint) as order_count,
        cast(revenue_amount as {{ money }}) as revenue_amount,
        cast(case when is_margin_known then margin_amount end as {{ money }})
            as margin_amount,
        {% for name, part in {
            'cost_per_order': ['spend_amount', 'order_count'],
            'cost_per_acquired': ['spend_amount', 'acquired_count'],
            'revenue_per_spend': ['revenue_amount', 'spend_amount'],
        }.items() %}
        case
            when channel <> 'unallocated' and spend_amount > 0
                then {{ segmentation.ratio(part[0], part[1]) }}
        end as {{ name }},
        {% endfor %}
        case
            when channel <> 'unallocated' and spend_amount > 0 and is_margin_known
                then {{ segmentation.ratio('margin_amount', 'spend_amount') }}
        end as margin_per_spend
    from shared

)

select * from final
