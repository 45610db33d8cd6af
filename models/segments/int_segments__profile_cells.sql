{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set z = segmentation.normal_quantile() %}
{%- set partition = 'segment_set, segment_code, topic, item_group' %}

with items as (

    select distinct
        topic,
        item_group,
        item
    from {{ ref('int_segments__profile_counts') }}
    where topic <> 'overlap'

),

sensitive_items as (

    select distinct
        items.topic,
        items.item_group,
        items.item
    from items
    inner join {{ ref('sensitive_features') }} as patterns
        on
            (
                items.topic = 'affinity'
                and patterns.kind = 'category'
                and {{ segmentation.sensitive_words('items.item') }}
                like patterns.pattern
            )
            or (
                items.topic <> 'affinity'
                and patterns.kind in ('feature', 'attribute', 'trait')
                and (
                    {{ segmentation.sensitive_words('items.item_group') }}
                    like patterns.pattern
                    or {{ segmentation.sensitive_words(
                        "items.item_group || ' is ' || items.item"
                    ) }} like patterns.pattern
                )
            )
    union all
    select
        'overlap' as topic,
        segment_set as item_group,
        segment_code as item
    from {{ ref('segments__definitions') }}
    where is_sensitive

),

flagged as (

    select
        counts.*,
        sensitive_items.item is not null as is_sensitive,
        -- Of everybody as of few: a share of 100% tells of each of them.
        counts.customer_count < {{ segmentation.smallest_cell() }}
        or counts.customer_count = counts.base_count as is_small
    from {{ ref('int_segments__profile_counts') }} as counts
    left join sensitive_items
        on
            counts.topic = sensitive_items.topic
            and counts.item_group = sensitive_items.item_group
            and counts.item = sensitive_items.item

),

-- One cell that is withheld would follow from the others: the next smallest is, too.
complemented as (

    select
        flagged.*,
        not is_sensitive
        and not is_small
        and topic <> 'affinity'
        and sum(case when is_sensitive or is_small then 1 else 0 end) over (
            partition by {{ partition }}
        ) = 1
        and row_number() over (
            partition by
                {{ partition }},
                case when is_sensitive or is_small then 1 else 0 end
            order by customer_count asc, {{ segmentation.binary_order('item') }} asc
        ) = 1 as is_complement
    from flagged

),

-- The overlap of two sets is one table that is read by rows and by columns.
judged as (

    select
        cells.segment_set,
        cells.segment_code,
        cells.topic,
        cells.item_group,
        cells.item,
        cells.customer_count,
        cells.base_count,
        cells.other_count,
        cells.other_base_count,
        case
            when cells.is_sensitive or mirrored.is_sensitive then 'sensitive'
            when
                cells.is_small
                or cells.is_complement
                or mirrored.is_small
                or mirrored.is_complement
                then 'suppressed'
            else 'published'
        end as status
    from complemented as cells
    left join complemented as mirrored
        on
            cells.topic = 'overlap'
            and mirrored.topic = 'overlap'
            and cells.segment_set = mirrored.item_group
            and cells.segment_code = mirrored.item
            and cells.item_group = mirrored.segment_set
            and cells.item = mirrored.segment_code

),

-- What is computed of counts as they are published tells no more than these.
shared as (

    select
        segment_set,
        segment_code,
        topic,
        item_group,
        item,
        status,
        {% for name in ['customer_count', 'other_count'] %}
        case
            when status = 'published' then {{ segmentation.shared_count(name) }}
        end as {{ name }},
        {% endfor %}
        {{ segmentation.shared_count('base_count') }} as base_count,
        {{ segmentation.shared_count('other_base_count') }} as other_base_count
    from judged

),

shares as (

    select
        shared.*,
        cast(customer_count as double precision) / base_count as share,
        cast(other_count as double precision) / other_base_count as other_share
    from shared

),

-- Cohen's h with its error in large samples (Cohen 1988), and of categories the chance
-- to buy relative to everybody else's with the interval of its logarithm (Katz and
-- others 1978).
compared as (

    select
        shares.*,
        case
            when topic = 'affinity' then ln(share / other_share)
            else 2 * asin(sqrt(share)) - 2 * asin(sqrt(other_share))
        end as effect,
        case
            when topic = 'affinity'
                then
                    sqrt(
                        greatest(
                            1 / cast(customer_count as double precision)
                            - 1 / cast(base_count as double precision)
                            + 1 / cast(other_count as double precision)
                            - 1 / cast(other_base_count as double precision),
                            0
                        )
                    )
            else
                sqrt(
                    1 / cast(base_count as double precision)
                    + 1 / cast(other_base_count as double precision)
                )
        end as effect_error
    from shares

),

fixed as (

    {{ segmentation.fixed_features() }}

),

final as (

    select
        compared.segment_set,
        compared.segment_code,
        compared.topic,
        compared.item_group,
        compared.item,
        compared.status,
        compared.customer_count,
        {{ segmentation.round_score('compared.share') }} as share,
        {{ segmentation.round_score('compared.other_share') }} as other_share,
        {% for name, sql in {
            'effect_size': 'compared.effect',
            'lower_bound': 'compared.effect - ' ~ z ~ ' * compared.effect_error',
            'upper_bound': 'compared.effect + ' ~ z ~ ' * compared.effect_error',
        }.items() %}
        case
            when compared.topic = 'affinity'
                then {{ segmentation.round_score('exp(' ~ sql ~ ')') }}
            else {{ segmentation.round_score(sql) }}
        end as {{ name }},
        {% endfor %}
        {{ segmentation.is_fixed(
            "case when compared.topic = 'affinity' then 'category ' || compared.item"
            ~ " else compared.item_group end",
            'fixed.features'
        ) }} as is_fixed
    from compared
    left join fixed
        on
            compared.segment_set = fixed.segment_set
            and compared.segment_code = fixed.segment_code

)

select * from final
