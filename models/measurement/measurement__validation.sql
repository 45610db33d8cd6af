{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set kinds = ['graded', 'in_sample', 'no_forecast', 'gone'] %}
{%- set largest = 'greatest(grades.largest_predicted, grades.largest_actual)' %}
{#- A share of people says nothing of a few, neither of who did nor of who did not. -#}
{%- set few_ordered = "(wanted.measure = 'ordered_share' and ("
    ~ segmentation.shared_part('grades.ordered_count', 'grades.customer_count')
    ~ ") is null)" %}

with quarters as (

    {{ segmentation.forecast_quarter_rows(
        segmentation.forecast_quarters() | selectattr('is_over') | list
    ) }}

),

counts as (

    select
        quarter,
        {% for kind in kinds %}
        sum(case when status = '{{ kind }}' then 1 else 0 end) as {{ kind }}_count,
        {% endfor %}
        max(evidence) as evidence,
        max(as_of_date) as as_of_date,
        max(sealed_at) as sealed_at
    from {{ ref('int_measurement__graded_forecasts') }}
    group by quarter

),

-- Nothing but the hash is left of them.
erased as (

    select
        quarter,
        count(*) as erased_count
    from {{ ref('measurement__forecasts') }}
    where customer_id is null
    group by quarter

),

roots as (

    select
        subject as quarter,
        max(content) as root
    from {{ ref('measurement__seals') }}
    where kind = 'forecasts'
    group by subject

),

measures as (

    {% for measure in ['ordered_share', 'orders', 'revenue'] %}
    select
        'all' as segment_set,
        'all' as segment_code,
        '{{ measure }}' as measure
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

-- Also a quarter of which nobody can be graded has its rows.
wanted as (

    select
        counts.quarter,
        measures.segment_set,
        measures.segment_code,
        measures.measure
    from counts
    cross join measures

    union distinct
    select
        quarter,
        segment_set,
        segment_code,
        measure
    from {{ ref('int_measurement__forecast_grades') }}

),

shared as (

    select
        wanted.quarter,
        cast(wanted.segment_set as {{ text }}) as segment_set,
        cast(wanted.segment_code as {{ text }}) as segment_code,
        cast(wanted.measure as {{ text }}) as measure,
        cast(coalesce(counts.evidence, 'none') as {{ text }}) as evidence,
        roots.root,
        cast({{ segmentation.shared_count('grades.customer_count') }} as bigint)
            as customer_count,
        {{ segmentation.shared_mean(
            'grades.predicted', 'grades.customer_count', largest, -4
        ) }} as predicted,
        {{ segmentation.shared_lower_mean(
            'grades.predicted_low', 'grades.customer_count', largest, -4
        ) }} as predicted_low,
        least(
            {{ segmentation.shared_upper_mean(
                'grades.predicted_high', 'grades.customer_count', largest, -4
            ) }},
            case when wanted.measure = 'ordered_share' then 1e0 end
        ) as predicted_high,
        case
            when not {{ few_ordered }}
                then {{ segmentation.shared_mean(
                    'grades.actual', 'grades.customer_count', largest, -4
                ) }}
        end as actual,
        case
            when
                grades.customer_count >= {{ segmentation.smallest_cell() }}
                and not {{ few_ordered }}
                then
                    grades.actual between grades.predicted_low
                    and grades.predicted_high
        end as is_covered,
        {% for column in ['tenth_slope', 'gini_share'] %}
        case
            when grades.customer_count >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.in_steps('grades.' ~ column, '1e-3', '0.5') }}
        end as {{ column }},
        {% endfor %}
        {% for kind in kinds if kind != 'graded' %}
        cast({{ segmentation.shared_count('counts.' ~ kind ~ '_count') }} as bigint)
            as {{ kind }}_count,
        {% endfor %}
        cast({{ segmentation.shared_count('erased.erased_count') }} as bigint)
            as erased_count,
        counts.as_of_date,
        quarters.quarter_start_date,
        quarters.quarter_end_date,
        counts.sealed_at
    from wanted
    inner join counts
        on wanted.quarter = counts.quarter
    inner join quarters
        on wanted.quarter = quarters.quarter
    left join {{ ref('int_measurement__forecast_grades') }} as grades
        on
            wanted.quarter = grades.quarter
            and wanted.segment_set = grades.segment_set
            and wanted.segment_code = grades.segment_code
            and wanted.measure = grades.measure
    left join erased
        on wanted.quarter = erased.quarter
    left join roots
        on wanted.quarter = roots.quarter

),

final as (

    select
        quarter,
        segment_set,
        segment_code,
        measure,
        evidence,
        root,
        customer_count,
        predicted,
        predicted_low,
        predicted_high,
        actual,
        {{ segmentation.ratio('actual', 'predicted') }} as calibration_ratio,
        tenth_slope,
        gini_share,
        in_sample_count,
        no_forecast_count,
        gone_count,
        erased_count,
        is_covered,
        as_of_date,
        quarter_start_date,
        quarter_end_date,
        sealed_at
    from shared

)

select * from final
