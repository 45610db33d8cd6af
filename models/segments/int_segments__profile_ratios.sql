{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set channels = segmentation.order_channels() %}
{%- set finest = -6 %}
{%- set text = dbt.type_string() %}

with sums as (

    select *
    from {{ ref('int_segments__profile_sums') }}
    where segment_code <> 'not_profiled'

),

listed as (

    {% for name in channels %}
    select
        segment_set,
        segment_code,
        cast('channel' as {{ text }}) as topic,
        cast('{{ name }}' as {{ text }}) as item,
        cast('share' as {{ text }}) as unit,
        {{ name }}_buyer_count as buyer_count,
        cast({{ name }}_order_count as double precision) as numerator,
        cast(order_count as numeric(28, 2)) as denominator,
        cast(largest_order_count as double precision) as largest_numerator,
        cast(largest_order_count as double precision) as largest_denominator
    from sums
    union all
    {% endfor %}
    {% for item, (unit, numerator, denominator) in {
        'average_order_value': ('money', 'net_amount', 'order_count'),
        'discount_share': ('share', 'discount_amount', 'gross_amount'),
    }.items() %}
    select
        segment_set,
        segment_code,
        'value' as topic,
        '{{ item }}' as item,
        '{{ unit }}' as unit,
        buyer_count,
        cast({{ numerator }} as numeric(28, 2)) as numerator,
        cast({{ denominator }} as numeric(28, 2)) as denominator,
        cast(largest_{{ numerator }} as double precision) as largest_numerator,
        cast(largest_{{ denominator }} as double precision) as largest_denominator
    from sums
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

-- Everybody else: all less the own. Their largest part is at most that of all.
paired as (

    select
        segment_set,
        segment_code,
        topic,
        item,
        unit,
        buyer_count,
        sum(buyer_count) over (partition by segment_set, topic, item)
        - buyer_count as other_buyer_count,
        {% for name in ['numerator', 'denominator'] %}
        cast({{ name }} as double precision) as {{ name }},
        cast(
            sum({{ name }}) over (partition by segment_set, topic, item)
            - {{ name }} as double precision
        ) as other_{{ name }},
        max(largest_{{ name }}) over (partition by segment_set, topic, item)
            as other_largest_{{ name }},
        {% endfor %}
        largest_numerator,
        largest_denominator
    from listed

),

-- Who has a of the one sum and b of the other moves their ratio by |a - ratio b| of
-- the second at most.
moved as (

    select
        paired.*,
        {% for prefix in ['', 'other_'] %}
        {{ prefix }}numerator / nullif({{ prefix }}denominator, 0) as {{ prefix }}ratio,
        greatest(
            {{ prefix }}largest_numerator,
            abs({{ prefix }}numerator) / nullif({{ prefix }}denominator, 0)
            * {{ prefix }}largest_denominator
        ) as {{ prefix }}largest_move,
        {% endfor %}
        buyer_count > 0 as has_buyers
    from paired

),

stepped as (

    select
        moved.*,
        {{ segmentation.shared_step('largest_move', 'denominator', finest) }} as step,
        {{ segmentation.shared_step(
            'other_largest_move', 'other_denominator', finest
        ) }} as other_step
    from moved
    where has_buyers

),

final as (

    select
        segment_set,
        segment_code,
        topic,
        item,
        unit,
        cast(buyer_count as bigint) as buyer_count,
        case
            when buyer_count >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.in_steps('ratio', 'step', '0.5') }}
        end as value,
        case
            when
                buyer_count >= {{ segmentation.smallest_cell() }}
                and other_buyer_count >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.in_steps('other_ratio', 'other_step', '0.5') }}
        end as comparison_value
    from stepped

)

select * from final
