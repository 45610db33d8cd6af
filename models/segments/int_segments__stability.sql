{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    How many stay in their segment from one month to the next, how many come back to one
    that they had left, and how far its share moved against a year ago.
-#}
{%- set sets = segmentation.segment_sets() %}

with latest as (

    select max(as_of_date) as now_date
    from {{ ref('features__as_of_dates') }}
    where is_current

),

-- At least four weeks apart: on the second of a month its end before says nothing.
back as (

    select
        latest.now_date,
        {% for name, days in {'before': 28, 'last_year': 364}.items() %}
        max(
            case
                when
                    dates.as_of_date
                    <= {{ segmentation.add_days('latest.now_date', -days) }}
                    then dates.as_of_date
            end
        ) as {{ name }}_date,
        {% endfor %}
        min(dates.as_of_date) as first_date
    from latest
    cross join {{ ref('features__as_of_dates') }} as dates
    group by latest.now_date

),

compared_dates as (

    select
        back.now_date,
        back.before_date,
        back.last_year_date,
        max(dates.as_of_date) as earlier_date
    from back
    left join {{ ref('features__as_of_dates') }} as dates
        on dates.as_of_date <= {{ segmentation.add_days('back.before_date', -28) }}
    group by back.now_date, back.before_date, back.last_year_date

),

moves as (

    select
        {% for column in sets.values() %}
        now.{{ column }} as now_{{ column }},
        before.{{ column }} as before_{{ column }},
        earlier.{{ column }} as earlier_{{ column }},
        {% endfor %}
        now.customer_id
    from {{ ref('segments__memberships') }} as now
    inner join compared_dates
        on now.as_of_date = compared_dates.now_date
    inner join {{ ref('segments__memberships') }} as before
        on
            now.customer_id = before.customer_id
            and compared_dates.before_date = before.as_of_date
    left join {{ ref('segments__memberships') }} as earlier
        on
            now.customer_id = earlier.customer_id
            and compared_dates.earlier_date = earlier.as_of_date

),

paths as (

    {% for set_name, column in sets.items() %}
    select
        '{{ set_name }}' as segment_set,
        now_{{ column }} as now_code,
        before_{{ column }} as before_code,
        earlier_{{ column }} as earlier_code,
        cast(count(*) as double precision) as customer_count
    from moves
    group by now_{{ column }}, before_{{ column }}, earlier_{{ column }}
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

sizes as (

    {% for set_name, column in sets.items() %}
    select
        '{{ set_name }}' as segment_set,
        memberships.{{ column }} as segment_code,
        cast(sum(
            case when memberships.as_of_date = compared_dates.now_date then 1 else 0 end
        ) as double precision) as now_count,
        cast(sum(
            case
                when
                    memberships.as_of_date = coalesce(
                        compared_dates.last_year_date, compared_dates.before_date
                    )
                    then 1
                else 0
            end
        ) as double precision) as reference_count,
        max(case when compared_dates.last_year_date is null then 1 else 0 end) = 1
            as is_season_unknown
    from {{ ref('segments__memberships') }} as memberships
    inner join compared_dates
        on
            memberships.as_of_date in (
                compared_dates.now_date,
                coalesce(compared_dates.last_year_date, compared_dates.before_date)
            )
    group by memberships.{{ column }}
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

totals as (

    select
        segment_set,
        sum(customer_count) as customer_count
    from paths
    group by segment_set

),

kept as (

    select
        sizes.segment_set,
        sizes.segment_code,
        {% for name, condition in {
            'now': 'paths.now_code = sizes.segment_code',
            'before': 'paths.before_code = sizes.segment_code',
            'stayed': 'paths.now_code = sizes.segment_code'
                ~ ' and paths.before_code = sizes.segment_code',
            'left': 'paths.earlier_code = sizes.segment_code'
                ~ ' and paths.before_code <> sizes.segment_code',
            'returned': 'paths.earlier_code = sizes.segment_code'
                ~ ' and paths.before_code <> sizes.segment_code'
                ~ ' and paths.now_code = sizes.segment_code',
        }.items() %}
        sum(case when {{ condition }} then paths.customer_count else 0 end)
            as {{ name }}_count,
        {% endfor %}
        max(totals.customer_count) as customer_count
    from sizes
    inner join totals
        on sizes.segment_set = totals.segment_set
    inner join paths
        on sizes.segment_set = paths.segment_set
    group by sizes.segment_set, sizes.segment_code

),

shares as (

    select
        segment_set,
        segment_code,
        now_count / sum(now_count) over (partition by segment_set) as now_share,
        -- Half a customer where there was none, as a logarithm needs.
        greatest(now_count, 0.5) / sum(now_count) over (partition by segment_set)
            as now_part,
        greatest(reference_count, 0.5)
        / nullif(sum(reference_count) over (partition by segment_set), 0)
            as reference_part,
        sum(now_count) over (partition by segment_set) as now_total,
        sum(reference_count) over (partition by segment_set) as reference_total,
        count(*) over (partition by segment_set) as code_count,
        is_season_unknown
    from sizes

),

final as (

    select
        shares.segment_set,
        shares.segment_code,
        cast(kept.customer_count as bigint) as compared_count,
        cast(kept.before_count as bigint) as before_count,
        cast(kept.stayed_count as bigint) as stayed_count,
        cast(kept.returned_count as bigint) as returned_count,
        cast(shares.code_count as bigint) as code_count,
        {{ segmentation.ratio('kept.stayed_count', 'kept.before_count') }} as stay_rate,
        {{ segmentation.ratio('kept.returned_count', 'kept.left_count') }}
            as return_rate,
        -- Cohen (1960): agreement on who is in it, beyond that of equal shares.
        {{ segmentation.ratio(
            '(2 * (kept.stayed_count * kept.customer_count'
            ~ ' - kept.now_count * kept.before_count))',
            '(kept.customer_count * (kept.now_count + kept.before_count)'
            ~ ' - 2 * kept.now_count * kept.before_count)'
        ) }} as kappa,
        {{ segmentation.round_score(
            '(shares.now_part - shares.reference_part)'
            ~ ' * ln(shares.now_part / shares.reference_part)'
        ) }} as share_shift,
        -- 99th percentile of the sum of shifts without a change: a chi-square of codes
        -- less one (Wilson and Hilferty, 1931) over both sizes.
        {{ segmentation.round_score(
            '(1 / shares.now_total + 1 / nullif(shares.reference_total, 0))'
            ~ ' * (shares.code_count - 1)'
            ~ ' * power(1 - 2 / nullif(9.0 * (shares.code_count - 1), 0)'
            ~ ' + 2.326347874 * sqrt(2 / nullif(9.0 * (shares.code_count - 1), 0)), 3)'
        ) }} as chance_shift,
        shares.is_season_unknown
    from shares
    left join kept
        on
            shares.segment_set = kept.segment_set
            and shares.segment_code = kept.segment_code

)

select * from final
