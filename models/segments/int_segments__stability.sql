{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    How many stay in their segment from one month to the next, how many come back to one
    that they had left, and how far its share moved against a year ago.
-#}
{%- set sets = segmentation.segment_sets() %}

with compared_dates as (

    {{ segmentation.compared_dates() }}

),

-- At least four weeks apart.
month_before as (

    select max(dates.as_of_date) as before_date
    from {{ ref('features__as_of_dates') }} as dates
    inner join compared_dates
        on
            dates.as_of_date
            <= {{ segmentation.add_days('compared_dates.now_date', -28) }}

),

months as (

    select
        compared_dates.now_date,
        month_before.before_date,
        max(dates.as_of_date) as earlier_date
    from compared_dates
    cross join month_before
    left join {{ ref('features__as_of_dates') }} as dates
        on
            dates.as_of_date
            <= {{ segmentation.add_days('month_before.before_date', -28) }}
    group by compared_dates.now_date, month_before.before_date

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
    inner join months
        on now.as_of_date = months.now_date
    inner join {{ ref('segments__memberships') }} as before
        on
            now.customer_id = before.customer_id
            and months.before_date = before.as_of_date
    left join {{ ref('segments__memberships') }} as earlier
        on
            now.customer_id = earlier.customer_id
            and months.earlier_date = earlier.as_of_date

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

-- Shares are of those who ordered lately; a code that none of them has is listed too.
sized as (

    select
        {% for column in sets.values() %}
        memberships.{{ column }},
        {% endfor %}
        memberships.as_of_date = compared_dates.now_date as is_now,
        {{ segmentation.looks_back('customers', 'compared_dates') }} as is_counted,
        compared_dates.is_season_unknown
    from compared_dates
    inner join {{ ref('segments__memberships') }} as memberships
        on
            memberships.as_of_date in (
                compared_dates.now_date, compared_dates.reference_date
            )
    inner join {{ ref('features__customers') }} as customers
        on
            memberships.customer_id = customers.customer_id
            and memberships.as_of_date = customers.as_of_date

),

sizes as (

    {% for set_name, column in sets.items() %}
    select
        '{{ set_name }}' as segment_set,
        {{ column }} as segment_code,
        cast(sum(case when is_counted and is_now then 1 else 0 end) as double precision)
            as now_count,
        cast(
            sum(case when is_counted and not is_now then 1 else 0 end)
            as double precision
        ) as reference_count,
        max(case when is_season_unknown then 1 else 0 end) = 1 as is_season_unknown
    from sized
    group by {{ column }}
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
        now_count,
        reference_count,
        -- Half a customer where there was none, as a logarithm needs.
        greatest(now_count, 0.5)
        / nullif(sum(now_count) over (partition by segment_set), 0) as now_part,
        greatest(reference_count, 0.5)
        / nullif(sum(reference_count) over (partition by segment_set), 0)
            as reference_part,
        sum(now_count) over (partition by segment_set) as now_total,
        sum(reference_count) over (partition by segment_set) as reference_total,
        count(case when now_count + reference_count > 0 then 1 end)
            over (partition by segment_set) as code_count,
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
        cast(shares.now_count as bigint) as now_count,
        cast(shares.now_total as bigint) as now_total,
        cast(shares.reference_count as bigint) as reference_count,
        cast(shares.reference_total as bigint) as reference_total,
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
            '(1 / nullif(shares.now_total, 0) + 1 / nullif(shares.reference_total, 0))'
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
