{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Standardised differences between any two segments in what their customers did after
    the past date, over all and within value tiers; a difference counts where it is at
    least .20 and its lower bound, by Holm (1979) over all pairs and outcomes, above .10.
-#}
{%- set outcomes = segmentation.compared_outcomes() %}
{%- set measures = ['all', 'tier'] %}

with sums as (

    select
        primary_segment,
        -- Exact sums do not depend on the order of rows.
        {% for outcome in outcomes %}
        count({{ outcome }}) as {{ outcome }}_count,
        sum(cast({{ outcome }} as numeric(30, 9))) as {{ outcome }}_sum,
        sum(cast(
            cast({{ outcome }} as double precision) * {{ outcome }} as numeric(30, 9)
        )) as {{ outcome }}_squares,
        {% endfor %}
        value_tier
    from {{ ref('int_segments__outcomes') }}
    where is_profiled and primary_segment <> 'otherwise'
    group by primary_segment, value_tier

),

cells as (

    {% for outcome in outcomes %}
    select
        primary_segment,
        value_tier,
        '{{ outcome }}' as outcome,
        cast({{ outcome }}_count as double precision) as customer_count,
        cast({{ outcome }}_sum as numeric(30, 9)) as total,
        cast({{ outcome }}_squares as numeric(30, 9)) as squares
    from sums
    where {{ outcome }}_count > 0
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

-- What is left of the squares around the mean of each cell.
spread as (

    select
        cells.*,
        cast(total as double precision) / customer_count as mean,
        greatest(
            cast(squares as double precision)
            - cast(total as double precision) * cast(total as double precision)
            / customer_count,
            0
        ) as deviation
    from cells

),

segments as (

    select
        primary_segment,
        outcome,
        sum(customer_count) as customer_count,
        max(
            case
                when value_tier in ('no_orders', 'not_profiled', 'not_observed') then 0
                else 1
            end
        ) = 1 as has_tiers,
        cast(sum(total) as double precision) / sum(customer_count) as mean,
        greatest(
            cast(sum(squares) as double precision)
            - cast(sum(total) as double precision)
            * cast(sum(total) as double precision)
            / sum(customer_count),
            0
        ) as deviation
    from spread
    group by primary_segment, outcome

),

over_all as (

    select
        one.primary_segment,
        other.primary_segment as other_segment,
        one.outcome,
        one.customer_count as one_count,
        other.customer_count as other_count,
        one.mean as one_mean,
        other.mean as other_mean,
        one.has_tiers and other.has_tiers as has_tiers,
        one.mean - other.mean as difference,
        (one.deviation + other.deviation)
        / nullif(one.customer_count + other.customer_count - 2, 0) as variance,
        one.customer_count * other.customer_count
        / (one.customer_count + other.customer_count) as weight
    from segments as one
    inner join segments as other
        on
            one.outcome = other.outcome
            and one.primary_segment < other.primary_segment

),

-- Of customers in one tier only the difference of their segments is left.
within_tiers as (

    select
        one.primary_segment,
        other.primary_segment as other_segment,
        one.outcome,
        sum(
            one.customer_count * other.customer_count
            / (one.customer_count + other.customer_count) * (one.mean - other.mean)
        ) / sum(
            one.customer_count * other.customer_count
            / (one.customer_count + other.customer_count)
        ) as difference,
        sum(one.deviation + other.deviation)
        / nullif(
            sum(one.customer_count + other.customer_count - 2), 0
        ) as variance,
        sum(
            one.customer_count * other.customer_count
            / (one.customer_count + other.customer_count)
        ) as weight
    from spread as one
    inner join spread as other
        on
            one.outcome = other.outcome
            and one.value_tier = other.value_tier
            and one.primary_segment < other.primary_segment
    where one.value_tier not in ('no_orders', 'not_profiled', 'not_observed')
    group by one.primary_segment, other.primary_segment, one.outcome

),

standardised as (

    select
        over_all.primary_segment,
        over_all.other_segment,
        over_all.outcome,
        over_all.one_count,
        over_all.other_count,
        over_all.one_mean,
        over_all.other_mean,
        over_all.has_tiers,
        case
            -- Means of fewer are not normal enough.
            when
                over_all.one_count >= 30
                and over_all.other_count >= 30
                and over_all.variance > 1e-9
                then over_all.difference / sqrt(over_all.variance)
        end as all_difference,
        over_all.weight as all_weight,
        case
            when within_tiers.weight >= 15 and within_tiers.variance > 1e-9
                then within_tiers.difference / sqrt(within_tiers.variance)
        end as tier_difference,
        within_tiers.weight as tier_weight
    from over_all
    left join within_tiers
        on
            over_all.primary_segment = within_tiers.primary_segment
            and over_all.other_segment = within_tiers.other_segment
            and over_all.outcome = within_tiers.outcome

),

-- Error of a standardised difference by Hedges and Olkin (1985).
estimated as (

    select
        standardised.*,
        {% for measure in measures %}
        sqrt(
            1 / {{ measure }}_weight
            + {{ measure }}_difference * {{ measure }}_difference
            / (2 * (one_count + other_count))
        ) as {{ measure }}_error,
        {% endfor %}
        row_number() over (
            order by primary_segment asc, other_segment asc, outcome asc
        ) as test_number
    from standardised

),

tested as (

    select
        {% for measure in measures %}
        (abs({{ measure }}_difference) - 0.1)
        / {{ measure }}_error as {{ measure }}_excess,
        count({{ measure }}_difference) over () as {{ measure }}_test_count,
        {% endfor %}
        estimated.*
    from estimated

),

ranked as (

    select
        {% for measure in measures %}
        cast(row_number() over (
            order by
                case when {{ measure }}_difference is null then 1 else 0 end asc,
                {{ measure }}_excess desc,
                test_number asc
        ) as double precision) as {{ measure }}_rank,
        {% endfor %}
        tested.*
    from tested

),

bounded as (

    select
        {% for measure in measures %}
        case
            when {{ measure }}_difference is not null
                then {{ segmentation.upper_quantile(
                    '(0.025 / (' ~ measure ~ '_test_count - ' ~ measure ~ '_rank + 1))'
                ) }}
        end as {{ measure }}_critical,
        case
            when {{ measure }}_test_count > 0
                then {{ segmentation.upper_quantile(
                    '(0.025 / ' ~ measure ~ '_test_count)'
                ) }}
        end as {{ measure }}_first_critical,
        {% endfor %}
        ranked.*
    from ranked

),

judged as (

    select
        {% for measure in measures %}
        abs({{ measure }}_difference) - {{ measure }}_critical * {{ measure }}_error
            as {{ measure }}_lower_bound,
        -- Down to the first that does not hold.
        coalesce(
            min(
                case
                    when {{ measure }}_excess > {{ measure }}_critical then 1
                    else 0
                end
            ) over (
                order by {{ measure }}_rank asc
                rows between unbounded preceding and current row
            ) = 1
            and abs({{ measure }}_difference) >= 0.2,
            false
        ) as is_{{ measure }}_distinct,
        -- Whether a medium difference, .5 by Cohen (1988), would have been seen.
        coalesce(
            0.4 / {{ measure }}_error > {{ measure }}_first_critical, false
        ) as is_{{ measure }}_powered,
        {% endfor %}
        bounded.*
    from bounded

),

both_ways as (

    {% for one, other in [
        ('primary_segment', 'other_segment'), ('other_segment', 'primary_segment')
    ] %}
    {%- set mine, theirs = ('one', 'other') if loop.first else ('other', 'one') %}
    select
        {{ one }} as segment_code,
        {{ other }} as other_code,
        outcome,
        {{ mine }}_count as customer_count,
        {{ theirs }}_count as other_customer_count,
        {{ mine }}_mean as mean,
        {{ theirs }}_mean,
        {{ '' if loop.first else '-' }}all_difference as difference,
        all_lower_bound,
        {{ '' if loop.first else '-' }}tier_difference,
        tier_lower_bound,
        has_tiers,
        is_all_distinct,
        is_tier_distinct,
        is_all_powered,
        is_tier_powered
    from judged
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

final as (

    select
        both_ways.segment_code,
        both_ways.other_code,
        both_ways.outcome,
        categories.category,
        cast(both_ways.customer_count as bigint) as customer_count,
        cast(both_ways.other_customer_count as bigint) as other_customer_count,
        {{ segmentation.round_score('both_ways.mean') }} as mean,
        {{ segmentation.round_score('both_ways.other_mean') }} as other_mean,
        {% for name, expression in {
            'difference': 'both_ways.difference',
            'lower_bound': 'both_ways.all_lower_bound',
            'tier_difference': 'both_ways.tier_difference',
            'tier_lower_bound': 'both_ways.tier_lower_bound',
        }.items() %}
        {{ segmentation.round_score(expression) }} as {{ name }},
        {% endfor %}
        both_ways.is_all_powered as is_powered,
        both_ways.is_tier_powered,
        both_ways.has_tiers,
        both_ways.is_all_distinct as is_distinct,
        both_ways.is_all_distinct and both_ways.is_tier_distinct as is_distinct_in_tiers
    from both_ways
    left join {{ ref('int_segments__leading_categories') }} as categories
        on
            both_ways.outcome
            = 'category_' || cast(categories.category_rank as {{ dbt.type_string() }})

)

select * from final
