{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set sets = segmentation.segment_sets() %}
{%- set attributes = segmentation.profile_attributes() + ['preferred_channel'] %}
{%- set text = dbt.type_string() %}

with customers as (

    select
        {% for set_name, column in sets.items() %}
        memberships.{{ column }} as {{ set_name }}_code,
        {% endfor %}
        {% for name in attributes %}
        features.{{ name }},
        {% endfor %}
        memberships.customer_id
    from {{ ref('features__customers') }} as features
    inner join {{ ref('segments__memberships') }} as memberships
        on
            features.customer_id = memberships.customer_id
            and features.as_of_date = memberships.as_of_date
    where
        features.as_of_date = {{ segmentation.as_of_date() }}
        and features.is_profiled

),

-- Of the last twelve months, as categories are kept by month.
bought as (

    select
        customer_id,
        category,
        sum(net_amount) as net_amount
    from {{ ref('int_features__category_months') }}
    where
        bought_month > {{ segmentation.add_days(segmentation.as_of_date(), -365) }}
        and bought_month <= {{ segmentation.as_of_date() }}
    group by customer_id, category

),

combinations as (

    select
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        count(*) as customer_count
    from customers
    group by
        {% for set_name in sets if set_name != 'primary' %}
        {{ set_name }}_code,
        {% endfor %}
        primary_code

),

counted as (

    {% for name in attributes %}
    select
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        '{{ 'channel' if name == 'preferred_channel' else 'characteristic' }}' as topic,
        '{{ name }}' as item_group,
        {{ name }} as item,
        count(*) as customer_count
    from customers
    where {{ name }} <> 'unknown'
    group by
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        {{ name }}
    union all
    {% endfor %}
    {% for name in sets %}
    select
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        'overlap' as topic,
        '{{ name }}' as item_group,
        {{ name }}_code as item,
        customer_count
    from combinations
    union all
    {% endfor %}
    select
        {% for set_name in sets %}
        customers.{{ set_name }}_code,
        {% endfor %}
        'affinity' as topic,
        'category' as item_group,
        bought.category as item,
        count(*) as customer_count
    from bought
    inner join customers
        on bought.customer_id = customers.customer_id
    where bought.net_amount > 0
    group by
        {% for set_name in sets %}
        customers.{{ set_name }}_code,
        {% endfor %}
        bought.category

),

buyers as (

    select
        {% for set_name in sets %}
        customers.{{ set_name }}_code,
        {% endfor %}
        count(distinct bought.customer_id) as customer_count
    from bought
    inner join customers
        on bought.customer_id = customers.customer_id
    where bought.net_amount > 0
    group by
        {% for set_name in sets if set_name != 'primary' %}
        customers.{{ set_name }}_code,
        {% endfor %}
        customers.primary_code

),

everything as (

    select * from counted
    union all
    select
        {% for set_name in sets %}
        {{ set_name }}_code,
        {% endfor %}
        'buyers' as topic,
        'category' as item_group,
        cast(null as {{ text }}) as item,
        customer_count
    from buyers

),

sets as (

    {% for set_name in sets %}
    select cast('{{ set_name }}' as {{ text }}) as segment_set
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

placed as (

    select
        sets.segment_set,
        case sets.segment_set
            {% for set_name in sets %}
            when '{{ set_name }}' then everything.{{ set_name }}_code
            {% endfor %}
        end as segment_code,
        everything.topic,
        everything.item_group,
        everything.item,
        everything.customer_count
    from everything
    cross join sets
    where everything.topic <> 'overlap' or everything.item_group <> sets.segment_set

),

summed as (

    select
        segment_set,
        segment_code,
        cast(topic as {{ text }}) as topic,
        cast(item_group as {{ text }}) as item_group,
        cast(item as {{ text }}) as item,
        cast(sum(customer_count) as bigint) as customer_count
    from placed
    group by segment_set, segment_code, topic, item_group, item

),

-- Shares are of those whose value is known; of categories of those who bought any.
bases as (

    select
        segment_set,
        segment_code,
        case when topic = 'buyers' then 'affinity' else topic end as topic,
        item_group,
        sum(customer_count) as base_count
    from summed
    where topic <> 'affinity'
    group by
        segment_set,
        segment_code,
        case when topic = 'buyers' then 'affinity' else topic end,
        item_group

),

everybody as (

    select
        segment_set,
        topic,
        item_group,
        sum(base_count) as base_count
    from bases
    group by segment_set, topic, item_group

),

final as (

    select
        summed.segment_set,
        summed.segment_code,
        summed.topic,
        summed.item_group,
        summed.item,
        summed.customer_count,
        cast(bases.base_count as bigint) as base_count,
        cast(
            sum(summed.customer_count) over (
                partition by
                    summed.segment_set, summed.topic, summed.item_group, summed.item
            ) - summed.customer_count as bigint
        ) as other_count,
        cast(everybody.base_count - bases.base_count as bigint) as other_base_count
    from summed
    inner join bases
        on
            summed.segment_set = bases.segment_set
            and summed.segment_code = bases.segment_code
            and summed.topic = bases.topic
            and summed.item_group = bases.item_group
    inner join everybody
        on
            summed.segment_set = everybody.segment_set
            and summed.topic = everybody.topic
            and summed.item_group = everybody.item_group

)

select * from final
