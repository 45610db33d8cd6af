{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set number = dbt.type_bigint() %}

with exact as (

    select * from {{ ref('int_measurement__segment_months') }}

),

-- Nobody is told of a few; that there is nobody may be said.
shared as (

    select
        segment_set,
        segment_code,
        month,
        opens_on,
        closes_on,
        {% for flow in segmentation.month_flows() %}
        case
            when {{ flow.name }}_count = 0 then 0
            else {{ segmentation.shared_count(flow.name ~ '_count') }}
        end as {{ flow.name }}_count,
        {{ segmentation.shared_total(
            flow.name ~ '_amount', flow.name ~ '_count', 'largest_' ~ flow.name
        ) }} as {{ flow.name }}_amount,
        {% endfor %}
        case
            when ordering_count = 0 then 0
            else {{ segmentation.shared_count('ordering_count') }}
        end as ordering_count,
        {% for name in segmentation.month_activity() %}
        {{ segmentation.shared_total(
            name ~ '_total',
            'contacted_count' if name in ['message', 'ticket'] else 'ordering_count',
            'largest_' ~ name
        ) }} as {{ name }}_total,
        {% endfor %}
        coalesce(margin_revenue_total, 0) = revenue_total as is_margin_known,
        message_cost,
        ticket_cost
    from exact

),

costed as (

    select
        shared.*,
        cast(
            message_total * message_cost + ticket_total * ticket_cost
            as numeric(18, 2)
        ) as service_cost_amount,
        case
            when is_margin_known and ordering_count = 0 then 0
            when is_margin_known then margin_total
        end as whole_margin_amount
    from shared

),

final as (

    select
        cast(costed.segment_set as {{ text }}) as segment_set,
        cast(costed.segment_code as {{ text }}) as segment_code,
        costed.month,
        costed.opens_on,
        costed.closes_on,
        dates.is_month_end as is_complete,
        {% for flow in segmentation.month_flows() %}
        cast(costed.{{ flow.name }}_count as {{ number }}) as {{ flow.name }}_count,
        costed.{{ flow.name }}_amount{{
            ' as marketing_amount' if flow.name == 'acquired' }},
        {% endfor %}
        cast(costed.ordering_count as {{ number }}) as ordering_count,
        {{ segmentation.ratio('costed.ordering_count', 'costed.opening_count') }}
            as order_rate,
        {{ segmentation.wilson_bound(
            'costed.ordering_count', 'costed.opening_count', '-'
        ) }} as order_rate_low,
        {{ segmentation.wilson_bound(
            'costed.ordering_count', 'costed.opening_count', '+'
        ) }} as order_rate_high,
        cast(costed.order_total as {{ number }}) as order_count,
        costed.gross_total as gross_amount,
        costed.discount_total as discount_amount,
        costed.refunded_total as refunded_amount,
        costed.revenue_total as revenue_amount,
        costed.margin_total as margin_amount,
        cast(costed.message_total as {{ number }}) as message_count,
        cast(costed.ticket_total as {{ number }}) as ticket_count,
        costed.service_cost_amount,
        cast(
            costed.whole_margin_amount - costed.acquired_amount
            - costed.service_cost_amount as numeric(18, 2)
        ) as contribution_amount
    from costed
    inner join {{ ref('features__as_of_dates') }} as dates
        on costed.closes_on = dates.as_of_date

)

select * from final
