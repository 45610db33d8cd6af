{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set shares = [0.01, 0.05, 0.1, 0.2, 0.5] %}
{%- set measures = ['revenue', 'cost'] %}
{#- What is summed, and by what customers are ranked. -#}
{%- set cells = {
    'revenue': ['revenue', 'revenue'],
    'cost_of_these': ['cost', 'revenue'],
    'cost': ['cost', 'cost'],
} %}

with campaign_costs as (

    select
        campaign_id,
        sum(cost_amount) as cost_amount
    from {{ ref('int_measurement__marketing_costs') }}
    where campaign_id is not null and cost_date <= {{ segmentation.as_of_date() }}
    group by campaign_id

),

-- What a campaign cost, in equal parts for whom it reached.
costs as (

    select
        people.customer_id,
        sum(
            cast(
                {{ segmentation.ratio(
                    'campaign_costs.cost_amount', 'everybody.people_count'
                ) }} as numeric(18, 6)
            )
        ) as cost_amount
    from {{ ref('int_measurement__campaign_people') }} as people
    inner join {{ ref('int_measurement__campaign_segments') }} as everybody
        on
            people.campaign_id = everybody.campaign_id
            and everybody.segment_set = 'all'
    inner join campaign_costs
        on people.campaign_id = campaign_costs.campaign_id
    group by people.customer_id

),

revenue as (

    select
        customer_id,
        sum(revenue_amount) as revenue_amount
    from {{ ref('measurement__orders') }}
    group by customer_id

),

customers as (

    select
        customers.customer_id,
        greatest(coalesce(revenue.revenue_amount, 0), 0) as revenue_amount,
        coalesce(costs.cost_amount, 0) as cost_amount
    from {{ ref('segments__customers') }} as customers
    left join revenue
        on customers.customer_id = revenue.customer_id
    left join costs
        on customers.customer_id = costs.customer_id

),

ranked as (

    select
        customers.*,
        {% for measure in measures %}
        row_number() over (
            order by
                {{ measure }}_amount desc,
                {{ segmentation.binary_order('customer_id') }} asc
        ) as {{ measure }}_rank,
        {% endfor %}
        count(*) over () as customer_count
    from customers

),

-- Gini (1912) of values in falling order, by their places.
totals as (

    select
        {% for measure in measures %}
        sum({{ measure }}_amount) as {{ measure }}_total,
        max({{ measure }}_amount) as largest_{{ measure }},
        sum({{ measure }}_amount * (customer_count + 1 - 2 * {{ measure }}_rank))
            as {{ measure }}_distances,
        {% endfor %}
        max(customer_count) as customer_count
    from ranked

),

cut_points as (

    {% for share in shares %}
    select
        cast({{ share }} as double precision) as top_share,
        floor({{ share }} * customer_count) as top_count
    from totals
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

tops as (

    select
        cut_points.top_share,
        cut_points.top_count,
        {% for name, parts in cells.items() %}
        sum(
            case
                when ranked.{{ parts[1] }}_rank <= cut_points.top_count
                    then ranked.{{ parts[0] }}_amount
                else 0
            end
        ) as {{ name }}_amount,
        {% endfor %}
        count(*) as customer_count
    from cut_points
    cross join ranked
    group by cut_points.top_share, cut_points.top_count

),

final as (

    select
        tops.top_share,
        cast({{ segmentation.shared_count('tops.top_count') }} as bigint)
            as customer_count,
        {% for name, parts in cells.items() %}
        cast(
            case
                when tops.top_count >= {{ segmentation.smallest_cell() }}
                    then {{ segmentation.in_steps(
                        segmentation.ratio(
                            'tops.' ~ name ~ '_amount', 'totals.' ~ parts[0] ~ '_total'
                        ),
                        segmentation.shared_step(
                            segmentation.ratio(
                                'totals.largest_' ~ parts[0],
                                'totals.' ~ parts[0] ~ '_total'
                            ),
                            '1',
                            -6
                        ),
                        '0.5'
                    ) }}
            end as double precision
        ) as {{ name }}_share,
        {% endfor %}
        {% for measure in measures %}
        cast(
            {{ segmentation.in_steps(
                segmentation.ratio(
                    'totals.' ~ measure ~ '_distances',
                    'totals.customer_count * totals.' ~ measure ~ '_total'
                ),
                '1e-2',
                '0.5'
            ) }} as double precision
        ) as {{ measure }}_gini,
        {% endfor %}
        {{ segmentation.as_of_date() }} as as_of_date
    from tops
    cross join totals
    where totals.customer_count >= {{ segmentation.smallest_cell() }}

)

select * from final
