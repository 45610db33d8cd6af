{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set measures = {
    'ordered_share': ['order_probability', 'ordered',
        'order_probability * (1 - order_probability)'],
    'orders': ['expected_orders', 'orders', 'orders_variance'],
    'revenue': ['expected_revenue', 'revenue', 'revenue_variance'],
} %}
{%- set sets = {
    'all': "'all'", 'primary': 'primary_segment', 'value_tier': 'value_tier'
} %}
with graded as (

    select * from {{ ref('int_measurement__graded_forecasts') }}
    where status = 'graded'

),

people as (

    {% for measure, columns in measures.items() %}
    select
        quarter,
        primary_segment,
        value_tier,
        '{{ measure }}' as measure,
        cast({{ columns[0] }} as double precision) as predicted,
        cast({{ columns[1] }} as numeric(18, 2)) as actual,
        {{ columns[2] }} as variance,
        ordered
    from graded
    where {{ columns[0] }} is not null
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Values within one per cent of each other count as equal, and need no sorting.
alike as (

    select
        people.*,
        {% for value in ['predicted', 'actual'] %}
        case
            when {{ value }} > 0
                then floor({{ segmentation.round_score(
                    '100 * ln(cast(' ~ value ~ ' as double precision))'
                ) }})
            else -1e9
        end as {{ value }}_bucket,
        {% endfor %}
        1 as people_count
    from people

),

totals as (

    {% for segment_set, code in sets.items() %}
    select
        quarter,
        '{{ segment_set }}' as segment_set,
        {{ code }} as segment_code,
        measure,
        count(*) as customer_count,
        sum(ordered) as ordered_count,
        cast(sum(cast(predicted as numeric(28, 9))) as double precision) as predicted,
        cast(sum(cast(variance as numeric(28, 9))) as double precision) as variance,
        cast(sum(actual) as double precision) as actual,
        cast(max(abs(actual)) as double precision) as largest_actual,
        max(predicted) as largest_predicted
    from people
    group by
        quarter,
        measure
        {{- '' if segment_set == 'all' else ',\n        ' ~ code }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

{% for ranking in ['predicted', 'actual'] %}
by_{{ ranking }} as (

    select
        quarter,
        measure,
        {{ ranking }}_bucket as bucket,
        sum(people_count) as people_count,
        cast(sum(cast(predicted as numeric(28, 9))) as double precision) as predicted,
        cast(sum(actual) as double precision) as actual
    from alike
    group by quarter, measure, {{ ranking }}_bucket

),

{% endfor %}
-- The middle of who is alike, from 0 below everybody to 1 above.
placed as (

    {% for ranking in ['predicted', 'actual'] %}
    select
        '{{ ranking }}' as ranking,
        quarter,
        measure,
        people_count,
        predicted,
        actual,
        (
            sum(people_count) over (
                partition by quarter, measure
                order by bucket asc
                rows between unbounded preceding and current row
            ) - people_count / 2e0
        ) / sum(people_count) over (partition by quarter, measure) as place
    from by_{{ ranking }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- How far the actual lies above the middle when ranked by what was foreseen, against
-- when ranked by itself: 1 is the best order there is, 0 that of chance.
ranked as (

    select
        quarter,
        measure,
        sum(case when ranking = 'predicted' then actual * (place - 0.5e0) end)
            as by_predicted,
        sum(case when ranking = 'actual' then actual * (place - 0.5e0) end)
            as by_actual
    from placed
    group by quarter, measure

),

tenths as (

    select
        quarter,
        measure,
        floor(10 * place) as tenth,
        sum(predicted) / sum(people_count) as predicted,
        sum(actual) / sum(people_count) as actual
    from placed
    where ranking = 'predicted'
    group by quarter, measure, floor(10 * place)

),

slopes as (

    select
        quarter,
        measure,
        {{ segmentation.round_score('regr_slope(actual, predicted)') }} as slope
    from tenths
    group by quarter, measure

),

final as (

    select
        totals.quarter,
        cast(totals.segment_set as {{ dbt.type_string() }}) as segment_set,
        cast(totals.segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(totals.measure as {{ dbt.type_string() }}) as measure,
        totals.customer_count,
        totals.ordered_count,
        {{ segmentation.round_score('totals.predicted') }} as predicted,
        {{ segmentation.round_score('greatest(totals.predicted - '
            ~ segmentation.normal_quantile() ~ ' * sqrt(totals.variance), 0)') }}
            as predicted_low,
        {{ segmentation.round_score('least(totals.predicted + '
            ~ segmentation.normal_quantile() ~ ' * sqrt(totals.variance), '
            ~ "case when totals.measure = 'ordered_share' then totals.customer_count "
            ~ 'end)') }} as predicted_high,
        totals.actual,
        totals.largest_predicted,
        totals.largest_actual,
        {{ segmentation.ratio('totals.actual', 'totals.predicted') }}
            as calibration_ratio,
        slopes.slope as tenth_slope,
        {{ segmentation.ratio('ranked.by_predicted', 'ranked.by_actual') }}
            as gini_share
    from totals
    left join slopes
        on
            totals.quarter = slopes.quarter
            and totals.measure = slopes.measure
            and totals.segment_set = 'all'
    left join ranked
        on
            totals.quarter = ranked.quarter
            and totals.measure = ranked.measure
            and totals.segment_set = 'all'

)

select * from final
