{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{#-
    What makes each primary segment attractive, from published numbers alone, and how far
    the weight of each factor would have to move for the segment to change its rank.
-#}
{%- set weights = segmentation.scorecard_setting('attractiveness') %}

with declared as (

    select distinct segment_code
    from {{ ref('segments__definitions') }}
    where segment_set = 'primary' and segment_code <> 'otherwise'

),

rounded as (

    select
        declared.segment_code,
        economics.past_count,
        economics.kept_count,
        economics.expected_count,
        {{ segmentation.shared_count('economics.customer_count') }} as customer_count,
        {{ segmentation.shared_count('economics.expected_count') }} as expecting_count,
        {{ segmentation.shared_count('economics.past_count') }} as past_customer_count,
        {{ segmentation.shared_mean(
            'economics.revenue_90d', 'economics.customer_count',
            'economics.largest_revenue_90d'
        ) }} as mean_revenue,
        {{ segmentation.shared_mean(
            'economics.past_revenue', 'economics.past_count',
            'economics.largest_past_revenue'
        ) }} as past_mean_revenue,
        {{ segmentation.shared_mean(
            'economics.expected_revenue_365d', 'economics.expected_count',
            'economics.largest_expected_revenue'
        ) }} as mean_expected,
        {{ segmentation.shared_mean(
            'economics.acquisition_cost_amount', 'economics.acquired_count',
            'economics.largest_acquisition_cost'
        ) }} as mean_acquisition_cost,
        {{ segmentation.shared_mean(
            'economics.order_probability_90d', 'economics.probability_count', '1'
        ) }} as order_probability,
        {{ segmentation.shared_mean(
            'economics.kept_count', 'economics.past_count', '1'
        ) }} as kept_rate
    from declared
    left join {{ ref('int_segments__economics') }} as economics
        on declared.segment_code = economics.segment_code

),

-- One basis for all of them: the trained one where there is any.
measured as (

    select
        rounded.*,
        max(mean_expected) over () is not null as is_trained
    from rounded

),

rivals as (

    select
        segment_code,
        value,
        source,
        stated_on,
        row_number() over (partition by segment_code order by stated_on desc)
            as statement_rank
    from {{ ref('market_inputs') }}
    where
        dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        and measure = 'competitive_intensity'
        and stated_on <= {{ segmentation.as_of_date() }}

),

found as (

    select
        segment_code,
        'revenue_potential' as factor,
        case
            when is_trained then mean_expected * expecting_count
            else mean_revenue * customer_count
        end as value,
        case
            when is_trained then 'expected_revenue_365d' else 'revenue_90d'
        end as evidence,
        1 as direction
    from measured
    union all
    select
        segment_code,
        'growth' as factor,
        case
            when past_count >= 30
                then {{ segmentation.ratio(
                    'mean_revenue * customer_count',
                    'past_mean_revenue * past_customer_count'
                ) }} - 1
        end as value,
        'revenue_90d against revenue_90d of its customers then' as evidence,
        1 as direction
    from measured
    union all
    select
        measured.segment_code,
        'competition' as factor,
        rivals.value,
        coalesce(rivals.source, 'market_inputs') as evidence,
        -1 as direction
    from measured
    left join rivals
        on
            measured.segment_code = rivals.segment_code
            and rivals.statement_rank = 1
    union all
    select
        segment_code,
        'acquisition_cost' as factor,
        mean_acquisition_cost as value,
        'acquisition_cost_amount' as evidence,
        -1 as direction
    from measured
    union all
    select
        segment_code,
        'retention' as factor,
        case
            when is_trained then order_probability
            when past_count >= 30 then kept_rate
        end as value,
        case
            when is_trained then 'order_probability_90d'
            else 'ordered again of its customers then'
        end as evidence,
        1 as direction
    from measured

),

weights as (

    {% for factor, weight in weights.items() %}
    select
        '{{ factor }}' as factor,
        cast({{ weight }} as double precision) as weight
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

spanned as (

    select
        found.*,
        weights.weight,
        min(found.value) over (partition by found.factor) as least_value,
        max(found.value) over (partition by found.factor) as most_value
    from found
    inner join weights
        on found.factor = weights.factor

),

-- From 0 for the least attractive segment to 1; halfway where all are alike.
scored as (

    select
        spanned.*,
        {{ segmentation.round_score(
            'case'
            ~ ' when value is null then null'
            ~ ' when most_value = least_value then 0.5'
            ~ ' when direction = 1'
            ~ ' then (value - least_value) / (most_value - least_value)'
            ~ ' else (most_value - value) / (most_value - least_value) end'
        ) }} as score
    from spanned

),

-- What is missing hands its weight to the others.
weighed as (

    select
        scored.*,
        case
            when score is not null
                then {{ segmentation.ratio(
                    'weight',
                    'sum(case when score is not null then weight end)'
                    ~ ' over (partition by segment_code)'
                ) }}
        end as effective_weight,
        sum(case when score is not null then weight else 0 end)
            over (partition by segment_code) as known_weight,
        sum(coalesce(score * weight, 0)) over (partition by segment_code)
            as weighted_score
    from scored

),

parts as (

    select
        segment_code,
        factor,
        weight,
        case when score is null then 0 else 1 end as known,
        coalesce(score, 0) as score,
        known_weight - case when score is null then 0 else weight end as rest_weight,
        weighted_score - coalesce(score * weight, 0) as rest_score
    from weighed
    where known_weight > 0

),

-- With the weight of one factor over what the others share, u, both scores are
-- fractions of u; they are equal at the roots of a quadratic.
crossed as (

    select
        one.segment_code,
        one.factor,
        other.segment_code as rival_code,
        one.weight,
        one.score * other.known - other.score * one.known as square_part,
        one.score * other.rest_weight + one.rest_score * other.known
        - other.score * one.rest_weight - other.rest_score * one.known
            as linear_part,
        one.rest_score * other.rest_weight - other.rest_score * one.rest_weight
            as constant_part
    from parts as one
    inner join parts as other
        on
            one.factor = other.factor
            and one.segment_code <> other.segment_code
    where one.known + other.known > 0

),

solvable as (

    select
        crossed.*,
        linear_part * linear_part - 4 * square_part * constant_part as discriminant
    from crossed

),

roots as (

    {% for sign in ['+', '-'] %}
    select
        segment_code,
        factor,
        rival_code,
        weight,
        case
            when abs(square_part) > 1e-12
                then (
                    -linear_part {{ sign }} sqrt(greatest(discriminant, 0))
                ) / (2 * square_part)
            when abs(linear_part) > 1e-12 then -constant_part / linear_part
        end as odds
    from solvable
    where discriminant >= 0
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

changes as (

    select
        segment_code,
        factor,
        rival_code,
        {{ segmentation.round_score('odds / (odds + 1 - weight) - weight') }}
            as weight_change
    from roots
    where odds >= 0 and odds + 1 - weight > 1e-12

),

nearest as (

    select
        segment_code,
        factor,
        rival_code,
        weight_change,
        row_number() over (
            partition by segment_code, factor
            order by abs(weight_change) asc, weight_change asc, rival_code asc
        ) as change_rank
    from changes

),

final as (

    select
        cast(weighed.segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(weighed.factor as {{ dbt.type_string() }}) as factor,
        cast(weighed.evidence as {{ dbt.type_string() }}) as evidence,
        cast(nearest.rival_code as {{ dbt.type_string() }}) as rival_segment,
        cast(weighed.value as double precision) as value,
        cast(weighed.score as double precision) as score,
        weighed.weight,
        weighed.effective_weight,
        nearest.weight_change as weight_change_to_rival,
        weighed.score is not null as is_known
    from weighed
    left join nearest
        on
            weighed.segment_code = nearest.segment_code
            and weighed.factor = nearest.factor
            and nearest.change_rank = 1

)

select * from final
