{{ config(meta={'explains': true}) }}

{#-
    Each set divides all orders: its sums are those of the orders to the cent, and the
    ratios that profiles publish are those of these sums, but for half a step: a step is
    at most two and a half times what one customer can move a ratio by.
-#}
{%- set sums = ['gross_amount', 'discount_amount', 'ordered_amount', 'order_count'] %}
{%- set text = dbt.type_string() %}

with latest_orders as (

    select
        net_amount,
        gross_amount,
        discount_amount,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, order_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__orders') }}

),

lines as (

    select
        gross_amount,
        discount_amount,
        net_amount,
        case when net_amount > 0 then 1 else 0 end as order_count
    from latest_orders
    where version_rank = 1 and not is_deleted
    union all
    select
        0 as gross_amount,
        0 as discount_amount,
        0 as net_amount,
        0 - cancelled_count as order_count
    from {{ ref('int_features__order_refunds') }}
    where ended_date is null

),

ordered as (

    select
        coalesce(sum(gross_amount), 0) as gross_amount,
        coalesce(sum(discount_amount), 0) as discount_amount,
        coalesce(sum(net_amount), 0) as ordered_amount,
        coalesce(sum(order_count), 0) as order_count
    from lines

),

divided as (

    select
        segment_set,
        sum(gross_amount) as gross_amount,
        sum(discount_amount) as discount_amount,
        sum(net_amount + refunded_amount) as ordered_amount,
        sum(order_count) as order_count
    from {{ ref('int_segments__profile_sums') }}
    group by segment_set

),

ratios as (

    select
        segment_set,
        segment_code,
        'average_order_value' as item,
        {{ segmentation.ratio('net_amount', 'order_count') }} as value,
        {{ segmentation.ratio('largest_net_amount', 'order_count') }} as first_move,
        {{ segmentation.ratio('largest_order_count', 'order_count') }} as second_move
    from {{ ref('int_segments__profile_sums') }}
    union all
    select
        segment_set,
        segment_code,
        'discount_share' as item,
        {{ segmentation.ratio('discount_amount', 'gross_amount') }} as value,
        {{ segmentation.ratio('largest_discount_amount', 'gross_amount') }}
            as first_move,
        {{ segmentation.ratio('largest_gross_amount', 'gross_amount') }} as second_move
    from {{ ref('int_segments__profile_sums') }}

)

{% for name in sums %}
select
    'The {{ name | replace('_', ' ') }} of all orders is '
    || cast(ordered.{{ name }} as {{ text }}) || ' and that of the segments of '
    || divided.segment_set || ' is ' || cast(divided.{{ name }} as {{ text }})
    || '; both must be equal.' as message
from divided
cross join ordered
where divided.{{ name }} <> ordered.{{ name }}
union all
{% endfor %}
select
    'The ' || profiles.item || ' of ' || profiles.segment_code || ' in '
    || profiles.segment_set || ' is ' || cast(profiles.value as {{ text }})
    || ' and its sums give ' || coalesce(cast(ratios.value as {{ text }}), 'nothing')
    || '; both must be equal but for rounding.' as message
from {{ ref('segments__profiles') }} as profiles
inner join ratios
    on
        profiles.segment_set = ratios.segment_set
        and profiles.segment_code = ratios.segment_code
        and profiles.item = ratios.item
where
    profiles.topic = 'value'
    and profiles.item_group = 'orders'
    and profiles.value is not null
    and (
        ratios.value is null
        or abs(profiles.value - ratios.value)
        > 1.25 * greatest(ratios.first_move, abs(ratios.value) * ratios.second_move)
        + 0.000001
    )
