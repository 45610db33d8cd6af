{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{#-
    What to do with each primary segment, by what its customers did after the past date,
    and how much less, or more, segments would then explain of that.
-#}
{%- set outcomes = segmentation.split_outcomes() %}
{%- set groups = segmentation.explained_outcomes() %}
{%- set any_feature = segmentation.split_features().keys() | first %}
{#- Differences below this are none that matter: .2 is small by Cohen (1988). -#}
{%- set equal_below = 0.2 %}

with dates as (

    {{ segmentation.outcome_dates() }}

),

-- Outcomes that training has seen say nothing of later ones.
trained as (

    select
        coalesce(
            max(case when versions.is_in_sample then 1 else 0 end) = 1, false
        ) as is_in_sample
    from {{ ref('int_features__value_versions') }} as versions
    inner join dates
        on versions.as_of_date = dates.past_date

),

-- Every customer once: each has a value of the feature, or none.
cells as (

    select *
    from {{ ref('int_measurement__split_cells') }}
    where feature = '{{ any_feature }}'

),

long as (

    {% for outcome in outcomes %}
    select
        primary_segment,
        {% for half in [1, 2] %}
        cast(
            sum(case when half = {{ half }} then {{ outcome }}_count else 0 end)
            as double precision
        ) as people_{{ half }},
        cast(
            sum(case when half = {{ half }} then {{ outcome }}_sum else 0 end)
            as double precision
        ) as total_{{ half }},
        cast(
            sum(case when half = {{ half }} then {{ outcome }}_squares else 0 end)
            as double precision
        ) as squares_{{ half }},
        {% endfor %}
        '{{ outcome }}' as outcome
    from cells
    group by primary_segment
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

-- Of each segment, of any two as one, and of all as one.
united as (

    select
        'segment' as unit,
        primary_segment,
        {% for half in [1, 2] %}
        people_{{ half }},
        total_{{ half }},
        squares_{{ half }},
        {% endfor %}
        cast(null as {{ dbt.type_string() }}) as other_segment,
        outcome
    from long
    union all
    select
        'pair' as unit,
        one.primary_segment,
        {% for half in [1, 2] %}
        one.people_{{ half }} + other.people_{{ half }} as people_{{ half }},
        one.total_{{ half }} + other.total_{{ half }} as total_{{ half }},
        one.squares_{{ half }} + other.squares_{{ half }} as squares_{{ half }},
        {% endfor %}
        other.primary_segment as other_segment,
        one.outcome
    from long as one
    inner join long as other
        on
            one.outcome = other.outcome
            and one.primary_segment <> other.primary_segment
    union all
    select
        'all' as unit,
        cast(null as {{ dbt.type_string() }}) as primary_segment,
        {% for half in [1, 2] %}
        sum(people_{{ half }}) as people_{{ half }},
        sum(total_{{ half }}) as total_{{ half }},
        sum(squares_{{ half }}) as squares_{{ half }},
        {% endfor %}
        cast(null as {{ dbt.type_string() }}) as other_segment,
        outcome
    from long
    group by outcome

),

left_over as (

    select
        unit,
        primary_segment,
        other_segment,
        outcome,
        {{ segmentation.held_out_squares() }} as error
    from united

),

errors as (

    select
        unit,
        primary_segment,
        {% for name, columns in groups.items() %}
        sum(
            case
                when outcome in ({{ "'" ~ columns | join("', '") ~ "'" }}) then error
            end
        ) as {{ name }}_error,
        {% endfor %}
        other_segment
    from left_over
    group by unit, primary_segment, other_segment

),

-- Shares of what the mean of everybody leaves.
explained as (

    select
        {% for name in groups %}
        max(case when unit = 'all' then {{ name }}_error end) as {{ name }}_total,
        {{ segmentation.ratio(
            "(max(case when unit = 'all' then " ~ name ~ "_error end)"
            ~ " - sum(case when unit = 'segment' then " ~ name ~ "_error end))",
            "max(case when unit = 'all' then " ~ name ~ "_error end)"
        ) }} as {{ name }}_explained,
        {% endfor %}
        count(*) as error_count
    from errors

),

-- Of fewer than 30 on a side nothing is known; without spread all did the same.
paired as (

    select
        segment_code,
        other_code,
        outcome,
        case
            when least(customer_count, other_customer_count) >= 30
                then coalesce(abs(difference), case when mean = other_mean then 0 end)
        end as difference,
        cast(customer_count as double precision) as customer_count,
        cast(other_customer_count as double precision) as other_customer_count
    from {{ ref('int_segments__distinctness') }}
    where outcome <> 'margin'

),

-- How large a difference may be at most; error by Hedges and Olkin (1985).
bounded as (

    select
        paired.*,
        difference + 1.644853627 * sqrt(
            1 / customer_count + 1 / other_customer_count
            + difference * difference / (2 * (customer_count + other_customer_count))
        ) as upper_bound
    from paired

),

observed as (

    select count(distinct outcome) as outcome_count
    from bounded

),

-- Equal is who may differ by little in every outcome that anybody shows, each tested at
-- 5%: all have to hold, so that no more is needed (Berger, 1982).
neighbours as (

    select
        bounded.segment_code,
        bounded.other_code,
        {{ segmentation.round_score('max(bounded.difference)') }}
            as largest_difference,
        {{ segmentation.round_score('max(bounded.upper_bound)') }} as largest_bound,
        coalesce(
            max(bounded.upper_bound) < {{ equal_below }}
            and count(bounded.upper_bound)
            = max(observed.outcome_count),
            false
        ) as is_equal
    from bounded
    cross join observed
    group by bounded.segment_code, bounded.other_code
    having count(bounded.difference) > 0

),

scored as (

    select
        scorecard.segment_code,
        scorecard.customer_count,
        scorecard.size_verdict,
        scorecard.distinctness_verdict,
        scorecard.stability_verdict,
        scorecard.stability_kappa,
        scorecard.nearest_segment,
        scorecard.distinct_difference,
        definitions.value_order,
        trained.is_in_sample
    from {{ ref('segments__scorecard') }} as scorecard
    cross join trained
    left join {{ ref('segments__definitions') }} as definitions
        on
            definitions.segment_set = 'primary'
            and scorecard.segment_code = definitions.segment_code

),

reversed as (

    select
        segment_code as value_order,
        max(case when status = 'fail' then 1 else 0 end) = 1 as is_reversed
    from {{ ref('segments__gates') }}
    where segment_set = 'primary' and gate in ('value_order_past', 'value_order_later')
    group by segment_code

),

drifted as (

    select
        segment_code,
        sum(case when is_alarm and not is_season_unknown then 1 else 0 end)
            as drift_count
    from {{ ref('measurement__drift') }}
    where segment_set = 'primary'
    group by segment_code

),

evidence as (

    select
        scored.*,
        coalesce(reversed.is_reversed, false) as is_reversed,
        coalesce(drifted.drift_count, 0) as drift_count
    from scored
    left join reversed
        on cast(scored.value_order as {{ dbt.type_string() }}) = reversed.value_order
    left join drifted
        on scored.segment_code = drifted.segment_code

),

actions as (

    {% for action in ['keep', 'redefine', 'not_evaluable'] %}
    select
        segment_code,
        '{{ action }}' as action,
        '' as item,
        '' as item_value,
        cast(null as {{ dbt.type_string() }}) as outcome,
        cast(null as double precision) as difference,
        cast(null as double precision) as bound,
        {% if action == 'keep' %}
        distinctness_verdict in ('distinct', 'value_only') as is_found,
        {% elif action == 'redefine' %}
        is_reversed or stability_verdict = 'transitional' or drift_count > 0
            as is_found,
        {% else %}
        false as is_found,
        {% endif %}
        {% for name in groups %}
        cast(0 as double precision) as {{ name }}_lost,
        {% endfor %}
        cast(0 as double precision) as strength
    from evidence
    union all
    {% endfor %}
    select
        evidence.segment_code,
        'merge' as action,
        neighbours.other_code as item,
        '' as item_value,
        cast(null as {{ dbt.type_string() }}) as outcome,
        neighbours.largest_difference as difference,
        neighbours.largest_bound as bound,
        neighbours.is_equal and not evidence.is_in_sample as is_found,
        {% for name in groups %}
        {{ segmentation.ratio(
            '(pair.' ~ name ~ '_error - one.' ~ name ~ '_error - other.' ~ name
            ~ '_error)',
            'explained.' ~ name ~ '_total'
        ) }} as {{ name }}_lost,
        {% endfor %}
        cast(0 as double precision) as strength
    from evidence
    cross join explained
    inner join neighbours
        on evidence.segment_code = neighbours.segment_code
    inner join errors as pair
        on
            pair.unit = 'pair'
            and neighbours.segment_code = pair.primary_segment
            and neighbours.other_code = pair.other_segment
    inner join errors as one
        on one.unit = 'segment' and neighbours.segment_code = one.primary_segment
    inner join errors as other
        on other.unit = 'segment' and neighbours.other_code = other.primary_segment
    union all
    select
        evidence.segment_code,
        'split' as action,
        splits.feature as item,
        splits.cut as item_value,
        splits.outcome,
        splits.difference,
        splits.replicated_difference as bound,
        splits.is_found and not evidence.is_in_sample as is_found,
        {% for name in groups %}
        {{ segmentation.ratio(
            '(splits.' ~ name ~ '_error - one.' ~ name ~ '_error)',
            'explained.' ~ name ~ '_total'
        ) }} as {{ name }}_lost,
        {% endfor %}
        splits.excess as strength
    from evidence
    cross join explained
    inner join {{ ref('int_measurement__splits') }} as splits
        on evidence.segment_code = splits.primary_segment
    inner join errors as one
        on one.unit = 'segment' and splits.primary_segment = one.primary_segment

),

-- The part of what is explained that a change loses; below zero is gained.
weighed as (

    select
        actions.*,
        {{ segmentation.round_score(
            '(coalesce(spend_lost, 0) + coalesce(ordered_lost, 0)'
            ~ ' + coalesce(mix_lost, 0)) / nullif('
            ~ 'case when spend_lost is null then 0 else 1 end'
            ~ ' + case when ordered_lost is null then 0 else 1 end'
            ~ ' + case when mix_lost is null then 0e0 else 1 end, 0)'
        ) }} as information_lost
    from actions

),

-- A split has to explain more where it was not learned.
supported as (

    select
        *,
        is_found and (action <> 'split' or information_lost < 0) as is_supported
    from weighed

),

ranked as (

    select
        supported.*,
        row_number() over (
            partition by segment_code, action
            order by
                case when is_supported then 0 else 1 end asc,
                case when action = 'split' then -strength else information_lost end asc,
                item asc,
                item_value asc
        ) as action_rank
    from supported

),

best as (

    select
        segment_code,
        {% for action in ['merge', 'split', 'redefine', 'keep'] %}
        coalesce(
            max(case when action = '{{ action }}' and is_supported then 1 end) = 1,
            false
        ) as is_{{ action }},
        {% endfor %}
        coalesce(max(case when action = 'merge' then 1 end) = 1, false) as has_neighbour
    from ranked
    group by segment_code

),

-- A fault of the definition comes first, then what two segments have in common, what
-- one hides, and what has changed; who is too few to act on joins the most alike.
decided as (

    select
        evidence.*,
        case
            when evidence.is_reversed then 'redefine'
            when best.is_merge then 'merge'
            when best.is_split then 'split'
            when best.is_redefine then 'redefine'
            when evidence.size_verdict = 'too_small' and best.has_neighbour
                then 'merge'
            when best.is_keep then 'keep'
            else 'not_evaluable'
        end as advice,
        best.is_merge
    from evidence
    inner join best
        on evidence.segment_code = best.segment_code

),

worded as (

    select
        decided.*,
        ranked.action,
        ranked.item,
        ranked.item_value,
        ranked.outcome,
        ranked.difference,
        ranked.bound,
        ranked.is_found,
        ranked.is_supported,
        {% for name in groups %}
        explained.{{ name }}_explained,
        ranked.{{ name }}_lost,
        {% endfor %}
        ranked.information_lost,
        decided.advice = ranked.action and ranked.action_rank = 1 as is_advised,
        case ranked.item
            {% for name, scale in segmentation.split_features().items()
                if scale is not none %}
            {%- set start = segmentation.bin_start(
                'cast(ranked.item_value as integer)', scale
            ) %}
            when '{{ name }}' then cast({{ start }} as numeric(18, 2))
            {% endfor %}
        end as least_value
    from decided
    cross join explained
    inner join ranked
        on decided.segment_code = ranked.segment_code
    where ranked.action <> 'split' or ranked.action_rank = 1

),

final as (

    select
        cast(segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(action as {{ dbt.type_string() }}) as action,
        cast(item as {{ dbt.type_string() }}) as item,
        coalesce(
            'at least ' || cast(least_value as {{ dbt.type_string() }}),
            cast(item_value as {{ dbt.type_string() }})
        ) as cut,
        cast(
            case
                when action = 'merge' and is_supported
                    then 'no outcome differs by {{ equal_below }} or more'
                when action = 'merge' and is_advised
                    then 'too few to act on, and this one loses least'
                when action = 'merge' and difference >= {{ equal_below }}
                    then 'some outcome differs'
                when action = 'merge' then 'not shown to be equal'
                when action = 'split' and is_supported and outcome = 'ordered'
                    then 'in both halves one part orders more often'
                when action = 'split' and is_supported and outcome = 'spend'
                    then 'in both halves one part spends more'
                when action = 'split' and is_supported
                    then 'in both halves the parts buy different things'
                when action = 'split' and is_found
                    then 'both parts differ, and nothing more is explained'
                when action = 'split' then 'no part is sure to differ'
                when action = 'redefine' and is_reversed
                    then 'spend does not follow the value order'
                when action = 'redefine' and stability_verdict = 'transitional'
                    then 'customers do not stay'
                when action = 'redefine' and drift_count > 0
                    then 'its customers have changed since last year'
                when action = 'redefine' then 'order, stability and drift do not ask it'
                when action = 'keep' and is_supported
                    then 'customers act unlike the nearest segment'
                when action = 'keep' then 'not shown to differ from the nearest'
                when is_in_sample
                    then 'training has seen what customers did'
                else 'neither equal to another segment nor different'
            end as {{ dbt.type_string() }}
        ) as reason,
        cast(size_verdict as {{ dbt.type_string() }}) as size_verdict,
        cast(distinctness_verdict as {{ dbt.type_string() }}) as distinctness_verdict,
        cast(nearest_segment as {{ dbt.type_string() }}) as nearest_segment,
        cast(stability_verdict as {{ dbt.type_string() }}) as stability_verdict,
        customer_count,
        cast(drift_count as bigint) as drift_count,
        {{ segmentation.in_steps('difference', '0.01', '0.5') }} as difference,
        {{ segmentation.in_steps('bound', '0.01', '0.5') }} as difference_bound,
        {% for name in groups %}
        {{ segmentation.in_steps(name ~ '_explained', '0.0001', '0.5') }}
            as explained_{{ name }}_share,
        {{ segmentation.in_steps(
            '(' ~ name ~ '_explained - ' ~ name ~ '_lost)', '0.0001', '0.5'
        ) }} as explained_{{ name }}_share_after,
        {% endfor %}
        {{ segmentation.in_steps('information_lost', '0.0001', '0.5') }}
            as information_lost,
        is_reversed as is_value_order_reversed,
        is_supported,
        is_advised
    from worded

)

select * from final
