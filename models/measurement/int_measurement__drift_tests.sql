{{ config(
    schema=segmentation.segmentation_schema('restricted'), materialized='view'
) }}

{#- Distributions of features and rates of response, over all and by segment. -#}
{%- set least_people = segmentation.drift_least_people() %}
{#- Bins of about so many of the smaller side, at most ten of them. -#}
{%- set people_per_bin = 20 %}
{%- set item = 'partition by kind, segment_set, segment_code, item' %}
{%- set upwards -%}
    partition by kind, segment_set, segment_code, item
    order by bin asc
    rows between unbounded preceding and current row
{%- endset %}

with bins as (

    select
        *,
        cast(now_count as double precision) as now_people,
        cast(reference_count as double precision) as reference_people
    from {{ ref('int_measurement__drift_bins') }}

),

placed as (

    select
        bins.*,
        sum(now_people) over ({{ item }}) as now_total,
        sum(reference_people) over ({{ item }}) as reference_total,
        sum(now_people) over ({{ upwards }}) as now_below,
        sum(reference_people) over ({{ upwards }}) as reference_below
    from bins

),

counted as (

    select
        placed.*,
        now_below + reference_below - (now_people + reference_people) / 2 as middle,
        greatest(
            2,
            least(10, floor(least(now_total, reference_total) / {{ people_per_bin }}))
        ) as part_count
    from placed

),

-- Bins of both dates together hold about as many people each; equal values stay so.
coarse as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        bin,
        now_people,
        reference_people,
        now_total,
        reference_total,
        now_total - now_below + now_people as now_above,
        reference_total - reference_below + reference_people as reference_above,
        case
            when kind = 'response' then 0
            else floor(part_count * middle / (now_total + reference_total))
        end as part
    from counted

),

-- What moved is told at the threshold above which shares differ most.
thresholds as (

    select
        coarse.*,
        row_number() over (
            partition by kind, segment_set, segment_code, item
            order by
                coalesce({{ segmentation.round_score(
                    'abs(now_above / nullif(now_total, 0)'
                    ~ ' - reference_above / nullif(reference_total, 0))'
                ) }}, 0) desc,
                bin asc
        ) as threshold_rank
    from coarse

),

parts as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        part,
        now_total,
        reference_total,
        sum(now_people) as now_people,
        sum(reference_people) as reference_people
    from coarse
    where
        kind = 'feature'
        and now_total >= {{ least_people }}
        and reference_total >= {{ least_people }}
    group by kind, segment_set, segment_code, item, part, now_total, reference_total

),

terms as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        -- Half a customer where there was none, as a logarithm needs.
        (
            greatest(now_people, 0.5) / now_total
            - greatest(reference_people, 0.5) / reference_total
        )
        * ln(
            greatest(now_people, 0.5) / now_total
            / (greatest(reference_people, 0.5) / reference_total)
        ) as shift,
        power(
            sqrt(reference_total / now_total) * now_people
            - sqrt(now_total / reference_total) * reference_people,
            2
        ) / (now_people + reference_people) as chi_square
    from parts

),

indexes as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        count(*) - 1e0 as degrees,
        cast(sum(cast(shift as numeric(20, 12))) as double precision) as shift,
        cast(sum(cast(chi_square as numeric(30, 12))) as double precision)
            as chi_square
    from terms
    group by kind, segment_set, segment_code, item
    -- Where all are alike at both dates nothing can have moved.
    having count(*) > 1

),

features as (

    select
        thresholds.kind,
        thresholds.segment_set,
        thresholds.segment_code,
        thresholds.item,
        thresholds.bin,
        thresholds.now_total,
        thresholds.reference_total,
        thresholds.now_above as now_sum,
        thresholds.reference_above as reference_sum,
        cast(1 as double precision) as now_largest,
        cast(1 as double precision) as reference_largest,
        indexes.shift as statistic,
        0.1e0 as least_bound,
        -- 99th percentile of a chi-square over both sizes.
        (
            1 / nullif(thresholds.now_total, 0)
            + 1 / nullif(thresholds.reference_total, 0)
        )
        * indexes.degrees * power(
            1 - 2 / (9 * indexes.degrees)
            + 2.326347874 * sqrt(2 / (9 * indexes.degrees)),
            3
        ) as chance_bound,
        indexes.chi_square,
        indexes.degrees
    from thresholds
    left join indexes
        on
            thresholds.kind = indexes.kind
            and thresholds.segment_set = indexes.segment_set
            and thresholds.segment_code = indexes.segment_code
            and thresholds.item = indexes.item
    where thresholds.kind = 'feature' and thresholds.threshold_rank = 1

),

answers as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        sum(now_people) as now_total,
        sum(reference_people) as reference_total,
        sum(bin * now_people) as now_sum,
        sum(bin * reference_people) as reference_sum,
        max(case when now_people > 0 then bin else 0 end) as now_largest,
        max(case when reference_people > 0 then bin else 0 end) as reference_largest,
        sum(bin * bin * (now_people + reference_people)) as squares
    from bins
    where kind = 'response'
    group by kind, segment_set, segment_code, item

),

-- Squared error of the difference of means when both are of the same customers.
erring as (

    select
        answers.*,
        case
            when
                now_total >= {{ least_people }}
                and reference_total >= {{ least_people }}
                then
                    nullif(
                        greatest(
                            squares - power(now_sum + reference_sum, 2)
                            / (now_total + reference_total),
                            0
                        ),
                        0
                    ) / (now_total * reference_total)
        end as error_square
    from answers

),

responses as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        cast(null as integer) as bin,
        now_total,
        reference_total,
        now_sum,
        reference_sum,
        cast(now_largest as double precision) as now_largest,
        cast(reference_largest as double precision) as reference_largest,
        case
            when error_square is not null
                then abs(now_sum / now_total - reference_sum / reference_total)
        end as statistic,
        case
            when error_square is not null then 0.1e0 * reference_sum / reference_total
        end as least_bound,
        2.575829304 * sqrt(error_square) as chance_bound,
        case
            when error_square is not null
                then power(now_sum / now_total - reference_sum / reference_total, 2)
                    / error_square
        end as chi_square,
        1e0 as degrees
    from erring

),

both_kinds as (

    select * from features
    union all
    select * from responses

),

-- Chi-squares made normal (Wilson and Hilferty, 1931), to rank and to judge them.
compared as (

    select
        {% for name in ['statistic', 'least_bound', 'chance_bound'] %}
        {{ segmentation.round_score(name) }} as {{ name }},
        {% endfor %}
        {{ segmentation.round_score(
            '(power(chi_square / degrees, 1 / 3e0) - 1 + 2 / (9 * degrees))'
            ~ ' / sqrt(2 / (9 * degrees))'
        ) }} as excess,
        both_kinds.kind,
        both_kinds.segment_set,
        both_kinds.segment_code,
        both_kinds.item,
        both_kinds.bin,
        both_kinds.now_total,
        both_kinds.reference_total,
        both_kinds.now_sum,
        both_kinds.reference_sum,
        both_kinds.now_largest,
        both_kinds.reference_largest
    from both_kinds

),

ranked as (

    select
        compared.*,
        count(excess) over () as test_count,
        row_number() over (
            order by
                case when excess is null then 1 else 0 end asc,
                excess desc,
                kind asc,
                segment_set asc,
                {{ segmentation.binary_order('segment_code') }} asc,
                item asc
        ) as excess_rank
    from compared

),

-- Benjamini and Hochberg (1995): up to the last that is beyond its share of 5%.
passed as (

    select
        ranked.*,
        max(
            case
                when
                    excess is not null
                    and excess >= {{ segmentation.upper_quantile(
                        '(0.05 * excess_rank / test_count)'
                    ) }}
                    then excess_rank
            end
        ) over () as last_rank
    from ranked

),

final as (

    select
        kind,
        segment_set,
        segment_code,
        item,
        bin,
        now_total,
        reference_total,
        now_sum,
        reference_sum,
        now_largest,
        reference_largest,
        statistic,
        chance_bound,
        greatest(least_bound, chance_bound) as bound,
        coalesce(excess_rank <= last_rank, false) as is_significant,
        case
            when statistic is not null then 'evaluated'
            when reference_total = 0 or now_total = 0 then 'not_observed'
            when
                now_total < {{ least_people }} or reference_total < {{ least_people }}
                then 'too_few'
            else 'all_alike'
        end as status
    from passed

)

select * from final
