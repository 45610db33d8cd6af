{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    Each segment cut in two by each feature: whether both parts later did differently,
    among customers of one value tier, in one half of the customers and again in the
    other; and what is left of the squares of outcomes when means learned in one half
    predict the other.
-#}
{%- set features = segmentation.split_features() %}
{%- set outcomes = segmentation.split_outcomes() %}

with cells as (

    select * from {{ ref('int_measurement__split_cells') }}

),

fixed as (

    {{ segmentation.fixed_features() }}

),

sizes as (

    select
        primary_segment,
        feature,
        value,
        bin,
        cast(sum(customer_count) as double precision) as customer_count
    from cells
    where value is not null or bin is not null
    group by primary_segment, feature, value, bin

),

placed as (

    select
        sizes.*,
        sum(customer_count) over (partition by primary_segment, feature)
            as known_count,
        sum(customer_count) over (
            partition by primary_segment, feature
            order by bin asc, value asc
            rows between unbounded preceding and current row
        ) - customer_count as below_count
    from sizes

),

-- A number is cut at the value nearest to its median; of words each has its turn.
ordered as (

    select
        primary_segment,
        feature,
        value,
        bin,
        case when bin is null then customer_count else known_count - below_count end
        / known_count as share,
        row_number() over (
            partition by primary_segment, feature
            order by
                {{ segmentation.round_score('abs(below_count / known_count - 0.5)') }}
                asc,
                bin asc,
                value asc
        ) as cut_rank
    from placed

),

cuts as (

    select
        ordered.primary_segment,
        ordered.feature,
        ordered.value,
        ordered.bin,
        coalesce(ordered.value, cast(ordered.bin as {{ dbt.type_string() }})) as cut
    from ordered
    left join fixed
        on
            fixed.segment_set = 'primary'
            and ordered.primary_segment = fixed.segment_code
    where
        ordered.share between 0.1 and 0.9
        and (ordered.bin is null or ordered.cut_rank = 1)
        and not {{ segmentation.is_fixed('ordered.feature', 'fixed.features') }}

),

-- Part 1 is at or above the cut, or has the word; 2 is the others; 3 is not known.
parted as (

    select
        cells.primary_segment,
        cells.feature,
        cuts.cut,
        cells.value_tier,
        cells.half,
        case
            when cells.value is null and cells.bin is null then 3
            when cells.bin >= cuts.bin or cells.value = cuts.value then 1
            else 2
        end as part,
        {% for outcome in outcomes %}
        cells.{{ outcome }}_count,
        cells.{{ outcome }}_sum,
        cells.{{ outcome }}_squares,
        {% endfor %}
        cells.customer_count
    from cells
    inner join cuts
        on
            cells.primary_segment = cuts.primary_segment
            and cells.feature = cuts.feature

),

summed as (

    select
        primary_segment,
        feature,
        cut,
        value_tier,
        half,
        part,
        {% for outcome in outcomes %}
        sum({{ outcome }}_count) as {{ outcome }}_count,
        sum({{ outcome }}_sum) as {{ outcome }}_sum,
        sum({{ outcome }}_squares) as {{ outcome }}_squares,
        {% endfor %}
        sum(customer_count) as customer_count
    from parted
    group by primary_segment, feature, cut, value_tier, half, part

),

long as (

    {% for outcome in outcomes %}
    select
        primary_segment,
        feature,
        cut,
        value_tier,
        half,
        part,
        '{{ outcome }}' as outcome,
        cast({{ outcome }}_count as double precision) as people,
        cast({{ outcome }}_sum as double precision) as total,
        cast({{ outcome }}_squares as double precision) as squares
    from summed
    where {{ outcome }}_count > 0
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

pairs as (

    select
        primary_segment,
        feature,
        cut,
        outcome,
        half,
        {{ segmentation.sums_by_side('part') }},
        value_tier
    from long
    group by primary_segment, feature, cut, outcome, half, value_tier

),

-- Of customers in one tier only the difference of both parts is left.
within_tiers as (

    select
        primary_segment,
        feature,
        cut,
        outcome,
        half,
        sum(people_1 + people_2) as people,
        sum(people_1 * people_2 / (people_1 + people_2)) as weight,
        sum(
            people_1 * people_2 / (people_1 + people_2)
            * (total_1 / people_1 - total_2 / people_2)
        ) / sum(people_1 * people_2 / (people_1 + people_2)) as difference,
        sum(
            greatest(squares_1 - total_1 * total_1 / people_1, 0)
            + greatest(squares_2 - total_2 * total_2 / people_2, 0)
        ) / nullif(sum(people_1 + people_2 - 2), 0) as variance
    from pairs
    where people_1 > 0 and people_2 > 0
    group by primary_segment, feature, cut, outcome, half

),

standardised as (

    select
        primary_segment,
        feature,
        cut,
        outcome,
        half,
        weight,
        people,
        {{ segmentation.round_score('difference / sqrt(variance)') }} as difference
    from within_tiers
    -- Means of fewer are not normal enough.
    where weight >= 15 and variance > 1e-9

),

-- Error of a standardised difference by Hedges and Olkin (1985).
tested as (

    select
        found.primary_segment,
        found.feature,
        found.cut,
        found.outcome,
        found.difference,
        again.difference as replicated_difference,
        {{ segmentation.round_score(
            '(abs(found.difference) - 0.1) / sqrt(1 / found.weight'
            ~ ' + found.difference * found.difference / (2 * found.people))'
        ) }} as excess,
        {{ segmentation.round_score(
            '(abs(again.difference) - 0.1) / sqrt(1 / again.weight'
            ~ ' + again.difference * again.difference / (2 * again.people))'
        ) }} as replicated_excess
    from standardised as found
    inner join standardised as again
        on
            found.primary_segment = again.primary_segment
            and found.feature = again.feature
            and found.cut = again.cut
            and found.outcome = again.outcome
            and again.half = 2
    where found.half = 1

),

ranked as (

    select
        tested.*,
        count(*) over () as test_count,
        row_number() over (
            order by
                excess desc,
                {{ segmentation.binary_order('primary_segment') }} asc,
                feature asc,
                {{ segmentation.binary_order('cut') }} asc,
                outcome asc
        ) as excess_rank
    from tested

),

-- Holm (1979), down to the first that does not hold.
judged as (

    select
        ranked.*,
        min(
            case
                when
                    excess > {{ segmentation.upper_quantile(
                        '(0.025 / (test_count - excess_rank + 1))'
                    ) }}
                    then 1
                else 0
            end
        ) over (
            order by excess_rank asc
            rows between unbounded preceding and current row
        ) = 1
        and abs(difference) >= 0.2
        and difference * replicated_difference > 0
        -- Once in twenty times.
        and replicated_excess > 1.644853627 as is_found
    from ranked

),

-- The outcome in which both parts differ most surely.
leaders as (

    select
        judged.*,
        row_number() over (
            partition by primary_segment, feature, cut
            order by
                case when is_found then 0 else 1 end asc,
                excess desc,
                outcome asc
        ) as outcome_rank
    from judged

),

halves as (

    select
        primary_segment,
        feature,
        cut,
        outcome,
        {{ segmentation.sums_by_side('half') }},
        part
    from long
    group by primary_segment, feature, cut, outcome, part

),

left_over as (

    select
        primary_segment,
        feature,
        cut,
        outcome,
        {{ segmentation.held_out_squares() }} as error
    from halves

),

errors as (

    select
        primary_segment,
        feature,
        {% for name, columns in segmentation.explained_outcomes().items() %}
        sum(
            case
                when outcome in ({{ "'" ~ columns | join("', '") ~ "'" }}) then error
            end
        ) as {{ name }}_error,
        {% endfor %}
        cut
    from left_over
    group by primary_segment, feature, cut

),

final as (

    select
        leaders.primary_segment,
        leaders.feature,
        leaders.cut,
        leaders.outcome,
        leaders.difference,
        leaders.replicated_difference,
        leaders.excess,
        {% for name in segmentation.explained_outcomes() %}
        {{ segmentation.round_score('errors.' ~ name ~ '_error') }}
            as {{ name }}_error,
        {% endfor %}
        leaders.is_found
    from leaders
    inner join errors
        on
            leaders.primary_segment = errors.primary_segment
            and leaders.feature = errors.feature
            and leaders.cut = errors.cut
    where leaders.outcome_rank = 1

)

select * from final
