{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set most = 10 %}
{%- set value_items = ['revenue_90d', 'revenue_365d', 'expected_revenue_365d'] %}

with sums as (

    select
        sums.*,
        {{ segmentation.shared_count('customer_count') }} as shared_count,
        {{ segmentation.shared_count(
            'sum(customer_count) over (partition by segment_set)'
        ) }} as everybody_count
    from {{ ref('int_segments__profile_sums') }} as sums
    where segment_code <> 'not_profiled'

),

numbers as (

    select *
    from {{ ref('int_segments__profile_numbers') }}

),

cells as (

    select *
    from {{ ref('int_segments__profile_cells') }}

),

ratios as (

    select *
    from {{ ref('int_segments__profile_ratios') }}

),

-- Of orders a share of all of them tells of no one.
judged_channels as (

    select
        segment_set,
        segment_code,
        item,
        buyer_count,
        value as share,
        comparison_value as other_share,
        buyer_count < {{ segmentation.smallest_cell() }} as is_small,
        sum(
            case when buyer_count < {{ segmentation.smallest_cell() }} then 1 else 0 end
        ) over (partition by segment_set, segment_code) as small_count,
        row_number() over (
            partition by
                segment_set,
                segment_code,
                case
                    when buyer_count < {{ segmentation.smallest_cell() }} then 1 else 0
                end
            order by buyer_count asc, item asc
        ) as size_rank
    from ratios
    where topic = 'channel'

),

shared_channels as (

    select
        judged_channels.*,
        is_small or (small_count = 1 and size_rank = 1) as is_suppressed
    from judged_channels

),

described as (

    select
        segment_set,
        segment_code,
        'characteristic' as topic,
        'segment' as item_group,
        'customers' as item,
        'share' as basis,
        'share' as unit,
        case when shared_count is null then 'suppressed' else 'published' end as status,
        cast(null as {{ text }}) as detail,
        shared_count as customer_count,
        {{ segmentation.ratio('shared_count', 'everybody_count') }} as value,
        cast(null as double precision) as comparison_value,
        cast(null as double precision) as effect_size,
        cast(null as double precision) as lower_bound,
        cast(null as double precision) as upper_bound,
        cast(0 as double precision) as sort_value
    from sums
    {% for topic in ['characteristic', 'value'] %}
    union all
    select
        segment_set,
        segment_code,
        '{{ topic }}' as topic,
        '{{ 'feature' if topic == 'characteristic' else 'customer' }}' as item_group,
        item,
        case
            when item like 'expected%' then 'forecast' else 'mean'
        end as basis,
        unit,
        status,
        null as detail,
        customer_count,
        mean as value,
        other_mean as comparison_value,
        difference as effect_size,
        lower_mean as lower_bound,
        upper_mean as upper_bound,
        0 as sort_value
    from numbers
    {% if topic == 'value' %}
    where
        item in (
            {% for name in value_items %}
            '{{ name }}'{{ ',' if not loop.last }}
            {% endfor %}
        )
    {% endif %}
    {% endfor %}
    union all
    select
        segment_set,
        segment_code,
        'value' as topic,
        'total' as item_group,
        item,
        'total' as basis,
        unit,
        status,
        null as detail,
        customer_count,
        {{ segmentation.round_score('mean * customer_count') }} as value,
        null as comparison_value,
        null as effect_size,
        null as lower_bound,
        null as upper_bound,
        0 as sort_value
    from numbers
    where
        item in (
            {% for name in value_items %}
            '{{ name }}'{{ ',' if not loop.last }}
            {% endfor %}
        )
    union all
    select
        segment_set,
        segment_code,
        topic,
        'orders' as item_group,
        item,
        'ratio_of_sums' as basis,
        unit,
        case
            when buyer_count < {{ segmentation.smallest_cell() }} then 'suppressed'
            else 'published'
        end as status,
        null as detail,
        {{ segmentation.shared_count('buyer_count') }} as customer_count,
        value,
        comparison_value,
        null as effect_size,
        null as lower_bound,
        null as upper_bound,
        0 as sort_value
    from ratios
    where topic = 'value'
    union all
    select
        segment_set,
        segment_code,
        topic,
        item_group,
        item,
        'share' as basis,
        'share' as unit,
        status,
        null as detail,
        customer_count,
        share as value,
        other_share as comparison_value,
        effect_size,
        null as lower_bound,
        null as upper_bound,
        case when topic = 'characteristic' then 0 else coalesce(share, -1) end
            as sort_value
    from cells
    where topic <> 'affinity'

),

differing as (

    select
        segment_set,
        segment_code,
        'differentiator' as topic,
        'feature' as item_group,
        item,
        'standardised_difference' as basis,
        unit,
        status,
        cast(null as {{ text }}) as detail,
        customer_count,
        mean as value,
        other_mean as comparison_value,
        difference as effect_size,
        lower_difference as lower_bound,
        upper_difference as upper_bound,
        abs(difference) as sort_value
    from numbers
    where difference <> 0 and not is_fixed
    union all
    select
        segment_set,
        segment_code,
        case when topic = 'affinity' then 'affinity' else 'differentiator' end as topic,
        item_group,
        item,
        case when topic = 'affinity' then 'relative_risk' else 'cohen_h' end as basis,
        'share' as unit,
        status,
        null as detail,
        customer_count,
        share as value,
        other_share as comparison_value,
        effect_size,
        lower_bound,
        upper_bound,
        case when topic = 'affinity' then lower_bound else abs(effect_size) end
            as sort_value
    from cells
    where
        topic in ('affinity', 'characteristic')
        and effect_size is not null
        and not is_fixed
    union all
    select
        segment_set,
        segment_code,
        'affinity' as topic,
        'withheld' as item_group,
        case when status = 'sensitive' then 'sensitive' else 'too_few' end as item,
        'count' as basis,
        'categories' as unit,
        'published' as status,
        null as detail,
        null as customer_count,
        count(*) as value,
        null as comparison_value,
        null as effect_size,
        null as lower_bound,
        null as upper_bound,
        -1 as sort_value
    from cells
    where topic = 'affinity' and effect_size is null
    group by
        segment_set,
        segment_code,
        case when status = 'sensitive' then 'sensitive' else 'too_few' end

),

told as (

    select
        segment_set,
        segment_code,
        'channel' as topic,
        'orders' as item_group,
        item,
        'ratio_of_sums' as basis,
        'share' as unit,
        case when is_suppressed then 'suppressed' else 'published' end as status,
        cast(null as {{ text }}) as detail,
        case
            when not is_suppressed then {{ segmentation.shared_count('buyer_count') }}
        end as customer_count,
        case when not is_suppressed then share end as value,
        case when not is_suppressed then other_share end as comparison_value,
        cast(null as double precision) as effect_size,
        cast(null as double precision) as lower_bound,
        cast(null as double precision) as upper_bound,
        case when is_suppressed then -1 else 1 + share end as sort_value
    from shared_channels
    {% for name in ['value_proposition', 'message_theme'] %}
    union all
    select
        playbook.segment_set,
        playbook.segment_code,
        'theme' as topic,
        'playbook' as item_group,
        '{{ name }}' as item,
        'playbook' as basis,
        'text' as unit,
        'published' as status,
        playbook.{{ name }} as detail,
        null as customer_count,
        null as value,
        null as comparison_value,
        null as effect_size,
        null as lower_bound,
        null as upper_bound,
        0 - {{ loop.index }} as sort_value
    from {{ ref('segments__playbook') }} as playbook
    inner join sums
        on
            playbook.segment_set = sums.segment_set
            and playbook.segment_code = sums.segment_code
    where playbook.{{ name }} is not null
    {% endfor %}

),

every_topic as (

    select * from described
    union all
    select * from differing
    union all
    select * from told

),

ranked as (

    select
        every_topic.*,
        row_number() over (
            partition by segment_set, segment_code, topic
            order by
                sort_value desc,
                {{ segmentation.binary_order('item_group') }} asc,
                {{ segmentation.binary_order('item') }} asc
        ) as item_rank
    from every_topic

),

final as (

    select
        segment_set,
        segment_code,
        cast(topic as {{ text }}) as topic,
        cast(item_group as {{ text }}) as item_group,
        cast(item as {{ text }}) as item,
        cast(basis as {{ text }}) as basis,
        cast(unit as {{ text }}) as unit,
        cast(status as {{ text }}) as status,
        detail,
        cast(item_rank as bigint) as item_rank,
        cast(customer_count as bigint) as customer_count,
        {% for name in [
            'value', 'comparison_value', 'effect_size', 'lower_bound', 'upper_bound'
        ] %}
        cast({{ name }} as double precision) as {{ name }},
        {% endfor %}
        {{ segmentation.as_of_date() }} as as_of_date
    from ranked
    where
        item_rank <= {{ most }}
        or topic not in ('differentiator', 'affinity')
        or item_group = 'withheld'

)

select * from final
