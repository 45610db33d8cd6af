{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set ranks = segmentation.leading_category_ranks() %}

with dates as (

    {{ segmentation.outcome_dates() }}

),

bought as (

    select
        months.customer_id,
        {% for rank in ranks %}
        sum(case when categories.category_rank = {{ rank }} then months.net_amount end)
            as category_{{ rank }}_amount,
        {% endfor %}
        sum(months.net_amount) as net_amount
    from {{ ref('int_features__category_months') }} as months
    inner join dates
        on months.bought_month > dates.past_date
    left join {{ ref('int_segments__leading_categories') }} as categories
        on months.category = categories.category
    group by months.customer_id

),

joined as (

    select
        past.customer_id,
        past.as_of_date,
        past.is_profiled,
        past.revenue_90d as past_revenue,
        latest.revenue - past.revenue as later_revenue,
        latest.margin_amount - past.margin_amount as later_margin,
        latest.gross_amount - past.gross_amount as later_gross,
        latest.discount_amount - past.discount_amount as later_discount,
        latest.order_count > past.order_count as has_ordered,
        case
            when latest.message_window_status_90d = 'observed'
                then latest.message_click_count_90d > 0
        end as has_clicked,
        {% for rank in ranks %}
        coalesce(bought.category_{{ rank }}_amount, 0) as category_{{ rank }}_amount,
        {% endfor %}
        bought.net_amount as bought_amount
    from {{ ref('features__customers') }} as past
    inner join dates
        on past.as_of_date = dates.past_date
    inner join {{ ref('features__customers') }} as latest
        on
            past.customer_id = latest.customer_id
            and dates.latest_date = latest.as_of_date
    left join bought
        on past.customer_id = bought.customer_id

),

final as (

    select
        joined.customer_id,
        joined.as_of_date,
        memberships.primary_segment,
        memberships.value_tier,
        joined.past_revenue,
        joined.later_revenue,
        case when joined.has_ordered then 1 else 0 end as ordered,
        {% for outcome, amount in {
            'spend': 'later_revenue', 'margin': 'later_margin'
        }.items() %}
        {{ segmentation.round_score(
            'ln(1 + greatest(cast(joined.' ~ amount ~ ' as double precision), 0))'
        ) }} as {{ outcome }},
        {% endfor %}
        case
            when joined.later_gross > 0
                then {{ segmentation.ratio(
                    'joined.later_discount', 'joined.later_gross'
                ) }}
        end as discount,
        case
            when joined.has_clicked then 1
            when joined.has_clicked is not null then 0
        end as clicked,
        {% for rank in ranks %}
        case
            when joined.bought_amount > 0
                then {{ segmentation.ratio(
                    'joined.category_' ~ rank ~ '_amount', 'joined.bought_amount'
                ) }}
        end as category_{{ rank }},
        {% endfor %}
        joined.is_profiled
    from joined
    inner join {{ ref('segments__memberships') }} as memberships
        on
            joined.customer_id = memberships.customer_id
            and joined.as_of_date = memberships.as_of_date

)

select * from final
