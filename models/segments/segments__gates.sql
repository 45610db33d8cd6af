{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set count_rule = var('segmentation_segment_count') -%}
{%- set declared_count = var('segmentation_segments') | length -%}
{%- set tier_count = var('segmentation_value_tiers') | length + 1 -%}

with current_customers as (

    select
        memberships.primary_segment,
        memberships.value_tier,
        customers.customer_type,
        customers.revenue
    from {{ ref('segments__memberships') }} as memberships
    inner join {{ ref('features__customers') }} as customers
        on
            memberships.customer_id = customers.customer_id
            and memberships.as_of_date = customers.as_of_date
    where
        memberships.as_of_date = {{ segmentation.as_of_date() }}
        and customers.is_profiled

),

totals as (

    select
        count(*) as customer_count,
        sum(case when customer_type = 'buyer' then 1 else 0 end) as buyer_count,
        sum(case when primary_segment = 'otherwise' then 1 else 0 end)
            as otherwise_count,
        sum(revenue) as revenue,
        sum(case when primary_segment = 'otherwise' then revenue else 0 end)
            as otherwise_revenue,
        count(distinct case
            when value_tier not in ('no_orders', 'not_profiled', 'not_observed')
                then value_tier
        end) as tier_count
    from current_customers

),

evidence as (

    select
        totals.*,
        coalesce(totals.buyer_count >= {{ var('segmentation_min_population') }}, false)
        and coalesce(dates.is_observed_180d, false) as is_evaluable
    from totals
    cross join {{ ref('int_features__as_of_dates') }} as dates
    where dates.is_current

),

ordered as (

    select
        definitions.segment_set,
        {% for period in ['past', 'later'] %}
        {{ segmentation.ratio(
            'sum(spend.' ~ period ~ '_revenue)', 'sum(spend.customer_count)'
        ) }} as {{ period }}_mean,
        -- Squared standard error of the mean.
        {{ segmentation.ratio(
            'greatest(sum(spend.' ~ period ~ '_squares)'
            ~ ' - sum(spend.' ~ period ~ '_revenue) * sum(spend.' ~ period ~ '_revenue)'
            ~ ' / sum(spend.customer_count), 0)',
            'sum(spend.customer_count) * (sum(spend.customer_count) - 1)'
        ) }} as {{ period }}_error,
        {% endfor %}
        -- A mean of fewer says nothing about an order.
        coalesce(sum(spend.customer_count) >= 30, false) as is_comparable,
        definitions.value_order
    from {{ ref('segments__definitions') }} as definitions
    left join {{ ref('int_segments__value_by_code') }} as spend
        on
            definitions.segment_set = spend.segment_set
            and definitions.segment_code = spend.segment_code
    where definitions.value_order is not null
    group by definitions.segment_set, definitions.value_order

),

neighbours as (

    select
        segment_set,
        value_order,
        is_comparable,
        past_mean,
        later_mean,
        past_error,
        later_error,
        {% for period in ['past', 'later'] %}
        lag({{ period }}_mean) over (
            partition by segment_set, is_comparable
            order by value_order asc
        ) as better_{{ period }}_mean,
        lag({{ period }}_error) over (
            partition by segment_set, is_comparable
            order by value_order asc
        ) as better_{{ period }}_error,
        {% endfor %}
        min(value_order) over (
            partition by segment_set, is_comparable
        ) as first_value_order
    from ordered

),

-- Shares of all codes against a year ago, or a month where the panel is shorter.
moved as (

    select
        segment_set,
        {{ segmentation.round_score('sum(share_shift)') }} as observed,
        greatest(max(chance_shift), 0.1) as bound
    from {{ ref('int_segments__stability') }}
    group by segment_set

),

findings as (

    select
        'segment_count' as gate,
        'primary' as segment_set,
        cast(null as {{ dbt.type_string() }}) as segment_code,
        case
            when
                {{ declared_count }}
                between {{ count_rule.at_least }} and {{ count_rule.at_most }}
                then 'pass'
            else 'warn'
        end as status,
        cast({{ declared_count }} as double precision) as observed,
        cast({{ count_rule.at_most }} as double precision) as bound
    union all
    select
        'otherwise_customer_share' as gate,
        'primary' as segment_set,
        'otherwise' as segment_code,
        case
            when not is_evaluable then 'not_evaluable'
            when otherwise_count > 0.3 * customer_count then 'fail'
            else 'pass'
        end as status,
        {{ segmentation.ratio('otherwise_count', 'customer_count') }} as observed,
        cast(0.3 as double precision) as bound
    from evidence
    union all
    select
        'otherwise_revenue_share' as gate,
        'primary' as segment_set,
        'otherwise' as segment_code,
        case
            when not is_evaluable then 'not_evaluable'
            when otherwise_revenue > 0.2 * revenue then 'fail'
            else 'pass'
        end as status,
        {{ segmentation.ratio('otherwise_revenue', 'revenue') }} as observed,
        cast(0.2 as double precision) as bound
    from evidence
    union all
    select
        'tier_count' as gate,
        'value_tier' as segment_set,
        cast(null as {{ dbt.type_string() }}) as segment_code,
        case
            when not is_evaluable then 'not_evaluable'
            when tier_count < {{ tier_count }} then 'warn'
            else 'pass'
        end as status,
        cast(tier_count as double precision) as observed,
        cast({{ tier_count }} as double precision) as bound
    from evidence
    union all
    select
        'rule_reached' as gate,
        reach.segment_set,
        reach.segment_code,
        case
            when not evidence.is_evaluable or reach.passed_count = 0
                then 'not_evaluable'
            -- A base set describes; a shop with one channel may leave codes empty.
            when reach.assigned_count = 0 and reach.segment_set <> 'primary' then 'warn'
            when reach.assigned_count = 0 then 'fail'
            else 'pass'
        end as status,
        cast(reach.assigned_count as double precision) as observed,
        cast(1 as double precision) as bound
    from {{ ref('int_segments__rule_reach') }} as reach
    cross join evidence
    {% for period in ['past', 'later'] %}
    union all
    select
        'value_order_{{ period }}' as gate,
        neighbours.segment_set,
        cast(neighbours.value_order as {{ dbt.type_string() }}) as segment_code,
        case
            when not evidence.is_evaluable or not neighbours.is_comparable
                then 'not_evaluable'
            -- Reversed by more than chance would do in one of forty cases.
            when
                neighbours.{{ period }}_mean - neighbours.better_{{ period }}_mean
                > 1.96 * sqrt(
                    neighbours.{{ period }}_error + neighbours.better_{{ period }}_error
                )
                then 'fail'
            else 'pass'
        end as status,
        neighbours.{{ period }}_mean as observed,
        neighbours.better_{{ period }}_mean as bound
    from neighbours
    cross join evidence
    where
        not neighbours.is_comparable
        or neighbours.value_order > neighbours.first_value_order
    {% endfor %}
    union all
    select
        'size' as gate,
        'primary' as segment_set,
        segment_code,
        case size_verdict
            when 'too_large' then 'fail'
            -- Newcomers and the lapsed can be few and have to be named all the same.
            when 'too_small' then 'warn'
            when 'not_evaluable' then 'not_evaluable'
            else 'pass'
        end as status,
        cast(customer_count as double precision) as observed,
        cast(size_bound as double precision) as bound
    from {{ ref('segments__scorecard') }}
    union all
    select
        'distinctness' as gate,
        'primary' as segment_set,
        segment_code,
        case distinctness_verdict
            when 'indistinct' then 'fail'
            when 'value_only' then 'warn'
            when 'not_evaluable' then 'not_evaluable'
            else 'pass'
        end as status,
        abs(distinct_difference) as observed,
        cast(0.2 as double precision) as bound
    from {{ ref('segments__scorecard') }}
    union all
    select
        'stability' as gate,
        'primary' as segment_set,
        segment_code,
        case stability_verdict
            when 'transitional' then 'warn'
            when 'not_evaluable' then 'not_evaluable'
            else 'pass'
        end as status,
        stability_kappa as observed,
        cast(0.2 as double precision) as bound
    from {{ ref('segments__scorecard') }}
    union all
    select
        'drift' as gate,
        moved.segment_set,
        cast(null as {{ dbt.type_string() }}) as segment_code,
        case
            when not evidence.is_evaluable or moved.bound is null then 'not_evaluable'
            when moved.observed > moved.bound then 'warn'
            else 'pass'
        end as status,
        moved.observed,
        moved.bound
    from moved
    cross join evidence

),

final as (

    select
        cast(gate as {{ dbt.type_string() }}) as gate,
        cast(segment_set as {{ dbt.type_string() }}) as segment_set,
        cast(segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(status as {{ dbt.type_string() }}) as status,
        cast(
            case gate
                when 'segment_count' then 'primary segments within the limits'
                when 'otherwise_customer_share'
                    then 'at most 30% of customers without a primary segment'
                when 'otherwise_revenue_share'
                    then 'at most 20% of revenue without a primary segment'
                when 'tier_count' then 'every declared tier has customers'
                when 'rule_reached'
                    then 'no rule whose customers all go to earlier rules'
                when 'value_order_past'
                    then 'past spend does not rise along the value order'
                when 'value_order_later'
                    then 'later spend does not rise along the value order'
                when 'size' then 'as many customers as can be acted on and told apart'
                when 'distinctness'
                    then 'customers who later act unlike the nearest segment'
                when 'stability' then 'customers who stay a month'
                when 'drift' then 'shares of codes as before'
            end as {{ dbt.type_string() }}
        ) as message,
        observed,
        bound
    from findings

)

select * from final
