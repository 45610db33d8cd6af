{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{#- What moved against a year ago, beside what would move by chance at these sizes. -#}
{%- set features = segmentation.drift_features() %}
{%- set responses = segmentation.drift_responses() %}
{%- set least_people = segmentation.drift_least_people() %}

with dates as (

    select
        max(reference_date) as reference_date,
        coalesce(max(case when is_season_unknown then 1 else 0 end) = 1, true)
            as is_season_unknown
    from {{ ref('int_measurement__drift_bins') }}

),

moved as (

    select
        tests.*,
        true as is_now_told,
        true as is_reference_told
    from {{ ref('int_measurement__drift_tests') }} as tests
    union all
    select
        'share' as kind,
        segment_set,
        segment_code,
        segment_set as item,
        cast(null as integer) as bin,
        cast(now_total as double precision) as now_total,
        cast(reference_total as double precision) as reference_total,
        cast(now_count as double precision) as now_sum,
        cast(reference_count as double precision) as reference_sum,
        cast(1 as double precision) as now_largest,
        cast(1 as double precision) as reference_largest,
        {{ segmentation.round_score(
            'cast(sum(cast(share_shift as numeric(20, 12)))'
            ~ ' over (partition by segment_set) as double precision)'
        ) }} as statistic,
        chance_shift as chance_bound,
        greatest(chance_shift, 0.1) as bound,
        -- Those that have at least their part in the shift of the set.
        code_count * share_shift
        >= cast(
            sum(cast(share_shift as numeric(20, 12)))
                over (partition by segment_set)
            as double precision
        ) as is_significant,
        case
            when chance_shift is null then 'not_observed'
            when
                now_total < {{ least_people }} or reference_total < {{ least_people }}
                then 'too_few'
            else 'evaluated'
        end as status,
        -- With a cell that is withheld the next smallest is, as it would follow.
        row_number() over (
            partition by segment_set
            order by now_count asc, segment_code asc
        ) <> 2
        or min(now_count) over (partition by segment_set)
        >= {{ segmentation.smallest_cell() }} as is_now_told,
        row_number() over (
            partition by segment_set
            order by reference_count asc, segment_code asc
        ) <> 2
        or min(reference_count) over (partition by segment_set)
        >= {{ segmentation.smallest_cell() }} as is_reference_told
    from {{ ref('int_segments__stability') }}
    -- The cuts of these sets follow their customers.
    where segment_set not in ('value_tier', 'rfm')

),

shared as (

    select
        moved.*,
        coalesce(
            moved.status = 'evaluated'
            and moved.is_significant
            and moved.statistic > moved.bound,
            false
        ) as is_alarm,
        {% for side in ['now', 'reference'] %}
        {{ segmentation.shared_count('moved.' ~ side ~ '_total') }} as {{ side }}_count,
        case
            when not moved.is_{{ side }}_told then null
            when moved.item = 'orders'
                then {{ segmentation.shared_mean(
                    'moved.' ~ side ~ '_sum', 'moved.' ~ side ~ '_total',
                    'moved.' ~ side ~ '_largest'
                ) }}
            else {{ segmentation.ratio(
                segmentation.shared_part(
                    'moved.' ~ side ~ '_sum', 'moved.' ~ side ~ '_total'
                ),
                segmentation.shared_count('moved.' ~ side ~ '_total')
            ) }}
        end as {{ side }}_value,
        {% endfor %}
        case moved.item
            {% for name, feature in features.items() %}
            when '{{ name }}'
                then cast(ceiling({{ segmentation.round_score(
                    segmentation.bin_start('moved.bin', feature.scale) ~ ' * 1e'
                    ~ feature.places
                ) }}) / 1e{{ feature.places }} as numeric(18, 2))
            {% endfor %}
        end as threshold
    from moved

),

rounded as (

    select
        shared.*,
        {% for side in ['now', 'reference'] %}
        cast({{ side }}_value as numeric(18, 2)) as {{ side }}_decimal,
        cast(floor(100 * {{ side }}_value + 0.5) as integer) as {{ side }}_percent,
        {% endfor %}
        cast(threshold as bigint) as whole_threshold
    from shared

),

worded as (

    select
        rounded.*,
        {% for side in ['now', 'reference'] %}
        case
            when {{ side }}_value is null then 'withheld'
            when item = 'orders'
                then cast({{ side }}_decimal as {{ dbt.type_string() }})
            else cast({{ side }}_percent as {{ dbt.type_string() }}) || '%'
        end as {{ side }}_text,
        {% endfor %}
        case rounded.item
            {% for name, feature in features.items() if feature.places == 0 %}
            when '{{ name }}'
                then cast(whole_threshold as {{ dbt.type_string() }})
            {% endfor %}
            else cast(threshold as {{ dbt.type_string() }})
        end as threshold_text
    from rounded

),

described as (

    select
        worded.*,
        case
            when status = 'not_observed' then 'not known at both dates'
            when status = 'too_few'
                then 'fewer than {{ least_people }} customers at one of both dates'
            when status = 'all_alike' then 'the same for all at both dates'
            else
                case
                    when kind = 'share' then 'share of customers'
                    {% for name, response in responses.items() %}
                    when item = '{{ name }}' then '{{ response.words }}'
                    {% endfor %}
                    else
                        'share with ' || replace(item, '_', ' ') || ' of at least '
                        || threshold_text
                end
                || ' ' || now_text || ', it was ' || reference_text
        end as message
    from worded

),

final as (

    select
        cast(described.kind as {{ dbt.type_string() }}) as kind,
        cast(described.segment_set as {{ dbt.type_string() }}) as segment_set,
        cast(described.segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(described.item as {{ dbt.type_string() }}) as item,
        cast(described.status as {{ dbt.type_string() }}) as status,
        cast(described.message as {{ dbt.type_string() }}) as message,
        described.now_count as customer_count,
        described.reference_count as reference_customer_count,
        {% for name in ['statistic', 'chance_bound', 'bound'] %}
        case
            when described.status = 'evaluated'
                then {{ segmentation.in_steps('described.' ~ name, '0.001', '0.5') }}
        end as {{ name }},
        {% endfor %}
        cast(described.threshold as double precision) as threshold,
        described.now_value as item_value,
        described.reference_value as reference_item_value,
        described.is_alarm,
        dates.is_season_unknown,
        {{ segmentation.as_of_date() }} as as_of_date,
        dates.reference_date
    from described
    cross join dates

)

select * from final
