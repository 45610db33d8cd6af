{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with arms as (

    select
        experiment_code,
        arm,
        segment_code,
        metric,
        {% for name in [
            'outcome_sum', 'outcome_squares', 'past_sum', 'past_squares', 'product_sum'
        ] %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        max(outcome_cap) as outcome_cap,
        max(past_cap) as past_cap,
        cast(sum(customer_count) as double precision) as people
    from {{ ref('int_measurement__experiment_cells') }}
    group by experiment_code, arm, segment_code, metric

),

-- One slope of the outcome on what came before, from all arms, within each.
within_arms as (

    select
        experiment_code,
        metric,
        max(outcome_cap) as outcome_cap,
        max(past_cap) as past_cap,
        sum(outcome_squares) - sum(outcome_sum) * sum(outcome_sum)
        / nullif(sum(people), 0) as outcome_deviation,
        sum(past_squares) - sum(past_sum) * sum(past_sum)
        / nullif(sum(people), 0) as past_deviation,
        sum(product_sum) - sum(outcome_sum) * sum(past_sum)
        / nullif(sum(people), 0) as product_deviation
    from arms
    group by experiment_code, arm, metric

),

slopes as (

    select
        experiment_code,
        metric,
        max(outcome_cap) as outcome_cap,
        max(past_cap) as past_cap,
        case
            when sum(past_deviation) > 1e-6
                then sum(product_deviation) / sum(past_deviation)
            else 0
        end as slope,
        case
            when sum(past_deviation) > 1e-6 and sum(outcome_deviation) > 1e-6
                then sum(product_deviation)
                    / sqrt(sum(past_deviation) * sum(outcome_deviation))
            else 0
        end as correlation
    from within_arms
    group by experiment_code, metric

),

groups as (

    select distinct
        experiment_code,
        arm,
        other_arm,
        segment_code,
        shown_segment
    from {{ ref('int_measurement__experiment_contrasts') }}
    union all
    select
        experiment_code,
        arm,
        other_arm,
        segment_code,
        'all' as shown_segment
    from {{ ref('int_measurement__experiment_contrasts') }}

),

sides as (

    select
        groups.experiment_code,
        groups.arm,
        groups.other_arm,
        groups.shown_segment,
        arms.metric,
        {% for side in ['arm', 'other_arm'] %}
        {%- for name in [
            'people', 'outcome_sum', 'outcome_squares', 'past_sum', 'past_squares',
            'product_sum',
        ] %}
        sum(case when arms.arm = groups.{{ side }} then arms.{{ name }} else 0 end)
            as {{ side }}_{{ name }},
        {% endfor %}
        {%- endfor %}
        count(*) as row_count
    from groups
    inner join arms
        on
            groups.experiment_code = arms.experiment_code
            and groups.segment_code = arms.segment_code
            and arms.arm in (groups.arm, groups.other_arm)
    group by
        groups.experiment_code,
        groups.arm,
        groups.other_arm,
        groups.shown_segment,
        arms.metric

),

means as (

    select
        sides.*,
        slopes.slope,
        slopes.correlation,
        slopes.outcome_cap,
        -- What one person can add to an outcome.
        slopes.outcome_cap + abs(slopes.slope) * slopes.past_cap as largest_part,
        {% for side in ['arm', 'other_arm'] %}
        {{ side }}_outcome_sum / nullif({{ side }}_people, 0) as {{ side }}_mean,
        ({{ side }}_outcome_sum - slopes.slope * {{ side }}_past_sum)
        / nullif({{ side }}_people, 0) as {{ side }}_adjusted_mean,
        greatest(
            {{ side }}_outcome_squares - {{ side }}_outcome_sum * {{ side }}_outcome_sum
            / nullif({{ side }}_people, 0),
            0
        ) as {{ side }}_deviation,
        greatest(
            {{ side }}_outcome_squares
            - 2 * slopes.slope * {{ side }}_product_sum
            + slopes.slope * slopes.slope * {{ side }}_past_squares
            - ({{ side }}_outcome_sum - slopes.slope * {{ side }}_past_sum)
            * ({{ side }}_outcome_sum - slopes.slope * {{ side }}_past_sum)
            / nullif({{ side }}_people, 0),
            0
        ) as {{ side }}_adjusted_deviation,
        {% endfor %}
        least(sides.arm_people, sides.other_arm_people)
        >= {{ segmentation.least_compared() }} as is_compared
    from sides
    inner join slopes
        on
            sides.experiment_code = slopes.experiment_code
            and sides.metric = slopes.metric

),

-- Squared errors of each arm's mean.
errors as (

    select
        means.*,
        arm_mean - other_arm_mean as effect,
        arm_adjusted_mean - other_arm_adjusted_mean as adjusted_effect,
        {% for side in ['arm', 'other_arm'] %}
        {%- for kind in ['', 'adjusted_'] %}
        {{ side }}_{{ kind }}deviation
        / nullif({{ side }}_people * ({{ side }}_people - 1), 0)
            as {{ side }}_{{ kind }}square,
        {% endfor %}
        {%- endfor %}
        case when shown_segment = 'all' then 1 else 0 end as is_all
    from means

),

-- What the past explains narrows an interval of rates as it does one of means.
plain as (

    select
        errors.*,
        {% for bound, sign in {'low': '-', 'high': '+'}.items() %}
        case
            when not is_compared then null
            when metric = 'ordered'
                then {{ segmentation.newcombe_bound(
                    'arm_outcome_sum', 'arm_people',
                    'other_arm_outcome_sum', 'other_arm_people', sign
                ) }}
            else {{ segmentation.welch_bound(
                'effect', 'arm_square', 'arm_people',
                'other_arm_square', 'other_arm_people', sign
            ) }}
        end as effect_{{ bound }},
        {% endfor %}
        coalesce(
            sqrt(
                (arm_adjusted_square + other_arm_adjusted_square)
                / nullif(arm_square + other_arm_square, 0)
            ),
            1
        ) as narrowing
    from errors

),

bounded as (

    select
        plain.*,
        {% for bound, sign in {'low': '-', 'high': '+'}.items() %}
        {{ segmentation.round_score(
            'adjusted_effect + narrowing * (effect_' ~ bound ~ ' - effect)'
        ) }} as adjusted_{{ bound }},
        {% endfor %}
        narrowing * nullif(effect_high - effect_low, 0)
        / (2 * {{ segmentation.normal_quantile() }}) as adjusted_error,
        {{ segmentation.welch_degrees(
            'arm_square', 'arm_people', 'other_arm_square', 'other_arm_people'
        ) }} as degrees
    from plain

),

-- Segments are judged together: the more there are, the further each bound reaches.
counted as (

    select
        bounded.*,
        sum(case when adjusted_error > 0 then 1 else 0 end) over (
            partition by experiment_code, arm, other_arm, metric, is_all
        ) as group_count,
        sum(1 / (adjusted_error * adjusted_error)) over (
            partition by experiment_code, arm, other_arm, metric, is_all
        ) as weight,
        sum(adjusted_effect / (adjusted_error * adjusted_error)) over (
            partition by experiment_code, arm, other_arm, metric, is_all
        ) as weighted_effect,
        sum(1 / (adjusted_error * adjusted_error * adjusted_error * adjusted_error))
            over (partition by experiment_code, arm, other_arm, metric, is_all)
            as squared_weight
    from bounded

),

-- Spread of true effects between segments by DerSimonian and Laird (1986).
gathered as (

    select
        counted.*,
        weighted_effect / weight as mean_effect,
        sum(
            (adjusted_effect - weighted_effect / weight)
            * (adjusted_effect - weighted_effect / weight)
            / (adjusted_error * adjusted_error)
        ) over (partition by experiment_code, arm, other_arm, metric, is_all) as spread
    from counted

),

shrunk as (

    select
        gathered.*,
        greatest(
            0,
            (spread - (group_count - 1)) / nullif(weight - squared_weight / weight, 0)
        ) as between_variance
    from gathered

),

final as (

    select
        experiment_code,
        arm,
        other_arm,
        metric,
        shown_segment,
        cast(arm_people as bigint) as customer_count,
        cast(other_arm_people as bigint) as other_customer_count,
        slope,
        outcome_cap,
        largest_part,
        {% for name in [
            'correlation', 'arm_mean', 'other_arm_mean', 'effect', 'adjusted_effect'
        ] %}
        {{ segmentation.round_score(name) }} as {{ name }},
        {% endfor %}
        effect_low,
        effect_high,
        adjusted_low,
        adjusted_high,
        {% for bound, sign in {'low': '-', 'high': '+'}.items() %}
        {{ segmentation.round_score(
            'adjusted_effect ' ~ sign ~ ' adjusted_error * '
            ~ segmentation.sequence_factor('(arm_people + other_arm_people)')
        ) }} as sequence_{{ bound }},
        {% endfor %}
        adjusted_error,
        -- Empirical Bayes: as far towards the mean of segments as chance explains.
        case
            when is_all = 0 and adjusted_error > 0 and group_count > 1
                then {{ segmentation.round_score(
                    'mean_effect + (adjusted_effect - mean_effect) * between_variance'
                    ~ ' / (between_variance + adjusted_error * adjusted_error)'
                ) }}
        end as shrunk_effect,
        -- Of several segments each must be as far from nothing as chance takes one.
        coalesce(
            case when adjusted_effect > 0 then adjusted_effect else -adjusted_effect end
            > case
                when adjusted_effect > 0 then adjusted_effect - adjusted_low
                else adjusted_high - adjusted_effect
            end * case
                when group_count > 1
                    then {{ segmentation.student_from_normal(
                        segmentation.upper_quantile('(0.025 / group_count)'), 'degrees'
                    ) }} / {{ segmentation.student_from_normal(
                        segmentation.normal_quantile(), 'degrees'
                    ) }}
                else 1
            end,
            false
        ) as is_different
    from shrunk

)

select * from final
