{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set z = segmentation.normal_quantile() %}
{%- set features = segmentation.profile_features() %}
{%- set finest = -6 %}

with items as (

    {% for name, unit in features.items() %}
    select
        cast('{{ name }}' as {{ dbt.type_string() }}) as item,
        cast('{{ unit }}' as {{ dbt.type_string() }}) as unit
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

listed as (

    select
        sums.segment_set,
        sums.segment_code,
        items.item,
        {% for column, suffix in {
            'known_count': 'count', 'total': 'sum', 'squares': 'squares',
            'largest': 'largest'
        }.items() %}
        case items.item
            {% for name in features %}
            when '{{ name }}' then sums.{{ name }}_{{ suffix }}
            {% endfor %}
        end as {{ column }},
        {% endfor %}
        items.unit
    from {{ ref('int_segments__profile_sums') }} as sums
    cross join items
    where sums.segment_code <> 'not_profiled'

),

-- Everybody else: all less the own.
paired as (

    select
        segment_set,
        segment_code,
        item,
        known_count,
        cast(
            sum(known_count) over (partition by segment_set, item) - known_count
            as bigint
        ) as other_known_count,
        {% for name in ['total', 'squares'] %}
        cast({{ name }} as double precision) as {{ name }},
        cast(
            sum({{ name }}) over (partition by segment_set, item)
            - coalesce({{ name }}, 0) as double precision
        ) as other_{{ name }},
        {% endfor %}
        coalesce(cast(largest as double precision), 0) as largest,
        cast(
            max(largest) over (partition by segment_set, item) as double precision
        ) as largest_of_all,
        unit
    from listed

),

described as (

    select
        paired.*,
        {% for prefix in ['', 'other_'] %}
        greatest(
            {{ prefix }}squares
            - {{ prefix }}total * {{ prefix }}total
            / nullif({{ prefix }}known_count, 0),
            0
        ) as {{ prefix }}deviations,
        {% endfor %}
        known_count + other_known_count - 2 as pooled_count,
        {{ segmentation.shared_count('known_count') }} as shared_count,
        {{ segmentation.shared_count('other_known_count') }} as other_shared_count
    from paired
    where known_count + other_known_count > 0

),

-- No one person moves a mean or a mean square by more than a step. Nobody is farther
-- from a mean than twice the largest value.
stepped as (

    select
        described.*,
        {{ segmentation.shared_step('largest', 'known_count', finest) }} as step,
        {{ segmentation.shared_step(
            'largest_of_all', 'other_known_count', finest
        ) }} as other_step,
        {{ segmentation.shared_step(
            '4 * largest * largest', 'known_count', finest
        ) }} as square_step,
        {{ segmentation.shared_step(
            '4 * largest_of_all * largest_of_all', 'pooled_count', finest
        ) }} as pooled_step
    from described
    where shared_count is not null

),

-- As published. Deviations are the next step above the exact ones, so that no
-- difference looks larger and no interval narrower than it is.
rounded as (

    select
        stepped.*,
        {{ segmentation.in_steps('total / known_count', 'step', '0.5') }} as mean,
        case
            when other_shared_count is not null
                then {{ segmentation.in_steps(
                    'other_total / other_known_count', 'other_step', '0.5'
                ) }}
        end as other_mean,
        {{ segmentation.in_steps(
            'deviations / known_count', 'square_step', '1'
        ) }} as mean_square,
        {{ segmentation.in_steps(
            '(deviations + other_deviations) / pooled_count', 'pooled_step', '1'
        ) }} as pooled_square,
        -- One less than the fewest people who are rounded to this count.
        shared_count - 3 as degrees
    from stepped

),

-- Two groups of one spread, as Cohen (1988) pools them.
compared as (

    select
        rounded.*,
        (mean - other_mean) / sqrt(pooled_square) as difference,
        step / 2
        + {{ segmentation.student_quantile('degrees') }}
        * sqrt(mean_square / degrees) as mean_error
    from rounded

),

-- Error of a standardised difference in large samples: Hedges and Olkin (1985). Of
-- counts as they are published: exact ones would follow from the bounds.
erred as (

    select
        compared.*,
        case
            when other_shared_count is not null
                then
                    sqrt(
                        1 / cast(shared_count as double precision)
                        + 1 / cast(other_shared_count as double precision)
                        + difference * difference
                        / (2 * (shared_count + other_shared_count))
                    )
        end as difference_error
    from compared

),

sensitive_features as (

    select distinct described.item
    from described
    inner join {{ ref('sensitive_features') }} as patterns
        on {{ segmentation.sensitive_words('described.item') }} like patterns.pattern
    where patterns.kind in ('feature', 'attribute', 'trait')

),

fixed as (

    {{ segmentation.fixed_features() }}

),

final as (

    select
        described.segment_set,
        described.segment_code,
        described.item,
        described.unit,
        case
            when sensitive_features.item is not null then 'sensitive'
            when described.shared_count is null then 'suppressed'
            else 'published'
        end as status,
        erred.shared_count as customer_count,
        erred.mean,
        {% for side, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.round_score(
            'erred.mean ' ~ sign ~ ' erred.mean_error'
        ) }} as {{ side }}_mean,
        {% endfor %}
        erred.other_mean,
        {{ segmentation.round_score('erred.difference') }} as difference,
        {% for side, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.round_score(
            'erred.difference ' ~ sign ~ ' ' ~ z ~ ' * erred.difference_error'
        ) }} as {{ side }}_difference,
        {% endfor %}
        {{ segmentation.is_fixed('described.item', 'fixed.features') }} as is_fixed
    from described
    left join sensitive_features
        on described.item = sensitive_features.item
    left join erred
        on
            described.segment_set = erred.segment_set
            and described.segment_code = erred.segment_code
            and described.item = erred.item
            and sensitive_features.item is null
    left join fixed
        on
            described.segment_set = fixed.segment_set
            and described.segment_code = fixed.segment_code

)

select * from final
