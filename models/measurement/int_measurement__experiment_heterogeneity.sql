{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    Cells are equal parts of the people, drawn by hash within each arm in proportion to
    its share: a cell is as likely to be of either arm, whoever is in it, and shuffling
    labels of cells is shuffling labels of people (docs/experiments.md).
-#}

with tested as (

    select
        estimates.experiment_code,
        estimates.arm,
        estimates.other_arm,
        estimates.metric,
        estimates.slope,
        estimates.adjusted_effect
    from {{ ref('int_measurement__experiment_estimates') }} as estimates
    where
        estimates.shown_segment = 'all'
        and estimates.adjusted_error > 0
        and estimates.metric in (
            {% for metric in segmentation.tested_metrics() %}
            '{{ metric }}'{{ '' if loop.last else ',' }}
            {% endfor %}
        )

),

-- Of one group nothing can differ.
grouped as (

    select
        experiment_code,
        arm,
        other_arm
    from {{ ref('int_measurement__experiment_contrasts') }}
    group by experiment_code, arm, other_arm
    having count(distinct shown_segment) > 1

),

-- What is left of an outcome without the past and without the effect on everybody.
cells as (

    select
        contrasts.experiment_code,
        contrasts.arm,
        contrasts.other_arm,
        cells.metric,
        contrasts.shown_segment,
        contrasts.cell_count,
        contrasts.other_cell_count,
        case
            when cells.arm = contrasts.arm then cells.cell_number
            else contrasts.cell_count + cells.cell_number
        end as cell_place,
        case when cells.arm = contrasts.arm then 1 else 0 end as is_arm,
        case when cells.arm = contrasts.arm then tested.adjusted_effect else 0e0 end
            as removed,
        cast(sum(cells.customer_count) as double precision) as people,
        sum(cells.outcome_sum - tested.slope * cells.past_sum) as total,
        sum(
            cells.outcome_squares
            - 2 * tested.slope * cells.product_sum
            + tested.slope * tested.slope * cells.past_squares
        ) as squares
    from {{ ref('int_measurement__experiment_contrasts') }} as contrasts
    inner join grouped
        on
            contrasts.experiment_code = grouped.experiment_code
            and contrasts.arm = grouped.arm
            and contrasts.other_arm = grouped.other_arm
    inner join {{ ref('int_measurement__experiment_cells') }} as cells
        on
            contrasts.experiment_code = cells.experiment_code
            and contrasts.segment_code = cells.segment_code
            and cells.arm in (contrasts.arm, contrasts.other_arm)
    inner join tested
        on
            contrasts.experiment_code = tested.experiment_code
            and contrasts.arm = tested.arm
            and contrasts.other_arm = tested.other_arm
            and cells.metric = tested.metric
    group by
        contrasts.experiment_code,
        contrasts.arm,
        contrasts.other_arm,
        contrasts.cell_count,
        contrasts.other_cell_count,
        contrasts.shown_segment,
        cells.metric,
        cells.arm,
        cells.cell_number,
        tested.adjusted_effect

),

left_over as (

    select
        cells.*,
        total - removed * people as rest,
        squares - 2 * removed * total + removed * removed * people as rest_squares
    from cells

),

digits as (

    {% for digit in range(10) %}
    select {{ digit }} as digit
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

numbers as (

    select 100 * hundreds.digit + 10 * tens.digit + ones.digit as number
    from digits as hundreds
    cross join digits as tens
    cross join digits as ones
    where hundreds.digit < 2

),

pairs as (

    select distinct
        cell_count,
        other_cell_count
    from cells

),

-- Number 0 leaves the labels as they are.
hashed as (

    select
        pairs.cell_count,
        pairs.other_cell_count,
        shuffles.number as shuffle_number,
        places.number as cell_place,
        places.number <= pairs.cell_count as is_arm,
        {% for salt in ['label', 'half'] %}
        {{ segmentation.hash_number(dbt.hash(
            "'" ~ salt ~ "/' || shuffles.number || '/' || places.number"
        )) }} as {{ salt }}_number,
        {% endfor %}
        pairs.cell_count + pairs.other_cell_count as all_count
    from pairs
    inner join numbers as places
        on places.number between 1 and pairs.cell_count + pairs.other_cell_count
    cross join numbers as shuffles

),

-- Halves are drawn within each arm.
drawn as (

    select
        hashed.*,
        row_number() over (
            partition by cell_count, other_cell_count, shuffle_number
            order by
                case when shuffle_number = 0 then 0 else label_number end asc,
                cell_place asc
        ) as label_rank,
        row_number() over (
            partition by cell_count, other_cell_count, shuffle_number, is_arm
            order by half_number asc, cell_place asc
        ) as half_rank
    from hashed

),

shuffles as (

    select
        cell_count,
        other_cell_count,
        shuffle_number,
        cell_place,
        case when label_rank <= cell_count then 1e0 else 0e0 end as is_drawn,
        case
            when
                2 * half_rank
                <= case when is_arm then cell_count else other_cell_count end
                then 1e0
            else 0e0
        end as is_first
    from drawn

),

sums as (

    select
        left_over.experiment_code,
        left_over.arm,
        left_over.other_arm,
        left_over.metric,
        left_over.shown_segment,
        shuffles.shuffle_number,
        {% for name in ['people', 'rest', 'rest_squares'] %}
        sum(shuffles.is_drawn * left_over.{{ name }}) as drawn_{{ name }},
        sum((1 - shuffles.is_drawn) * left_over.{{ name }}) as other_{{ name }},
        {% endfor %}
        {% for name in ['people', 'total'] %}
        {%- for side, is_side in {
            'arm': 'left_over.is_arm', 'other_arm': '(1 - left_over.is_arm)'
        }.items() %}
        sum({{ is_side }} * shuffles.is_first * left_over.{{ name }})
            as first_{{ side }}_{{ name }},
        sum({{ is_side }} * (1 - shuffles.is_first) * left_over.{{ name }})
            as second_{{ side }}_{{ name }},
        {% endfor %}
        {%- endfor %}
        count(*) as cell_count
    from left_over
    inner join shuffles
        on
            left_over.cell_count = shuffles.cell_count
            and left_over.other_cell_count = shuffles.other_cell_count
            and left_over.cell_place = shuffles.cell_place
    group by
        left_over.experiment_code,
        left_over.arm,
        left_over.other_arm,
        left_over.metric,
        left_over.shown_segment,
        shuffles.shuffle_number

),

differences as (

    select
        sums.*,
        drawn_rest / nullif(drawn_people, 0) - other_rest / nullif(other_people, 0)
            as difference,
        {% for half in ['first', 'second'] %}
        {{ half }}_arm_total / nullif({{ half }}_arm_people, 0)
        - {{ half }}_other_arm_total / nullif({{ half }}_other_arm_people, 0)
            as {{ half }}_effect,
        {% endfor %}
        1 / nullif(
            (drawn_rest_squares - drawn_rest * drawn_rest / nullif(drawn_people, 0))
            / nullif(drawn_people * (drawn_people - 1), 0)
            + (other_rest_squares - other_rest * other_rest / nullif(other_people, 0))
            / nullif(other_people * (other_people - 1), 0),
            0
        ) as weight
    from sums

),

-- A segment in which nobody differs says nothing.
weighed as (

    select
        experiment_code,
        arm,
        other_arm,
        metric,
        shuffle_number,
        count(*) as segment_count,
        {{ segmentation.round_score(
            'sum(weight * difference * difference)'
            ~ ' - sum(weight * difference) * sum(weight * difference)'
            ~ ' / nullif(sum(weight), 0)'
        ) }} as spread,
        {% for half in ['first', 'second'] %}
        max({{ half }}_effect) as {{ half }}_best,
        min({{ half }}_effect) as {{ half }}_worst,
        {% endfor %}
        sum(case when weight > 0 then 1 else 0 end) as weighed_count
    from differences
    where difference is not null
    group by experiment_code, arm, other_arm, metric, shuffle_number

),

-- What the best and the worst segment of one half do in the other.
chosen as (

    select
        differences.experiment_code,
        differences.arm,
        differences.other_arm,
        differences.metric,
        differences.shuffle_number,
        max(weighed.first_best - weighed.first_worst) as first_gap,
        max(weighed.second_best - weighed.second_worst) as second_gap,
        {% for half, other in {'first': 'second', 'second': 'first'}.items() %}
        avg(
            case
                when differences.{{ half }}_effect = weighed.{{ half }}_best
                    then differences.{{ other }}_effect
            end
        ) - avg(
            case
                when differences.{{ half }}_effect = weighed.{{ half }}_worst
                    then differences.{{ other }}_effect
            end
        ) as {{ half }}_replicated,
        {% endfor %}
        count(*) as segment_count
    from differences
    inner join weighed
        on
            differences.experiment_code = weighed.experiment_code
            and differences.arm = weighed.arm
            and differences.other_arm = weighed.other_arm
            and differences.metric = weighed.metric
            and differences.shuffle_number = weighed.shuffle_number
    group by
        differences.experiment_code,
        differences.arm,
        differences.other_arm,
        differences.metric,
        differences.shuffle_number

),

replicated as (

    select
        experiment_code,
        arm,
        other_arm,
        metric,
        avg((first_gap + second_gap) / 2) as chosen_gap,
        avg((first_replicated + second_replicated) / 2) as replicated_gap
    from chosen
    group by experiment_code, arm, other_arm, metric

),

observed as (

    select
        experiment_code,
        arm,
        other_arm,
        metric,
        segment_count,
        spread
    from weighed
    where shuffle_number = 0 and weighed_count > 1

),

ranked as (

    select
        observed.experiment_code,
        observed.arm,
        observed.other_arm,
        observed.metric,
        observed.segment_count,
        observed.spread,
        sum(case when shuffled.spread >= observed.spread then 1e0 else 0e0 end)
        / count(*) as heterogeneity_p
    from observed
    inner join weighed as shuffled
        on
            observed.experiment_code = shuffled.experiment_code
            and observed.arm = shuffled.arm
            and observed.other_arm = shuffled.other_arm
            and observed.metric = shuffled.metric
    group by
        observed.experiment_code,
        observed.arm,
        observed.other_arm,
        observed.metric,
        observed.segment_count,
        observed.spread

),

final as (

    select
        ranked.experiment_code,
        ranked.arm,
        ranked.other_arm,
        ranked.metric,
        ranked.segment_count,
        ranked.spread,
        {{ segmentation.round_score('ranked.heterogeneity_p') }} as heterogeneity_p,
        {{ segmentation.round_score('replicated.chosen_gap') }} as chosen_gap,
        {{ segmentation.round_score('replicated.replicated_gap') }} as replicated_gap
    from ranked
    inner join replicated
        on
            ranked.experiment_code = replicated.experiment_code
            and ranked.arm = replicated.arm
            and ranked.other_arm = replicated.other_arm
            and ranked.metric = replicated.metric

)

select * from final
