{{ segmentation.state_config('internal', touched='int_input__touched_records') }}

{%- set run = segmentation.run_to_continue() %}

with events as (

    select
        delivered.source_system,
        delivered.source_customer_id,
        session_id,
        {{ segmentation.local_time('occurred_at') }} as occurred_local,
        case
            when lower(surface) in ('app', 'product') then lower(surface)
            else 'web'
        end as surface,
        {{ segmentation.binary_order('device_type') }} as device_type,
        case when lower(event_name) in ('page_view', 'screen_view') then 1 else 0 end
            as page_count
    from {{ ref('input__events') }} as delivered
    {{ segmentation.only_touched('delivered', run) }}

),

dated as (

    select
        events.*,
        cast(occurred_local as date) as event_date
    from events

),

-- Spellings of a device are normalised once per visit, not once per event.
visits as (

    select
        source_system,
        source_customer_id,
        event_date,
        surface,
        session_id,
        min(occurred_local) as started_local,
        min(device_type) as device_type,
        count(*) as event_count,
        sum(page_count) as page_count
    from dated
    group by source_system, source_customer_id, event_date, surface, session_id

),

known as (

    select
        source_system,
        source_customer_id,
        event_date,
        surface,
        surface = 'product' as is_product,
        case
            when lower(trim(device_type)) in ('desktop', 'mobile', 'tablet')
                then lower(trim(device_type))
            when device_type is not null then 'other'
        end as device_type,
        {{ segmentation.hour_of('started_local') }} as visit_hour,
        event_count,
        page_count
    from visits

),

final as (

    select
        source_system,
        source_customer_id,
        {% for surface in ['web', 'app'] %}
        cast(sum(case when surface = '{{ surface }}' then 1 else 0 end) as integer)
            as {{ surface }}_visit_count,
        {% endfor %}
        {% for hour in range(24) %}
        cast(
            sum(
                case when not is_product and visit_hour = {{ hour }} then 1 else 0 end
            ) as smallint
        ) as hour_{{ hour }}_count,
        {% endfor %}
        cast(sum(case when is_product then 0 else page_count end) as integer)
            as page_count,
        cast(sum(case when is_product then event_count else 0 end) as integer)
            as product_use_count,
        {% for device in ['desktop', 'mobile', 'tablet', 'other'] %}
        cast(
            sum(
                case
                    when not is_product and device_type = '{{ device }}' then 1
                    else 0
                end
            ) as integer
        ) as {{ device }}_visit_count,
        {% endfor %}
        event_date
    from known
    group by source_system, source_customer_id, event_date

)

select * from final
