{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- When customers are active: visits, human opens and clicks, orders that stand. -#}
with active as (

    {% for relation, day, condition in [
        ('int_features__event_days', 'event_date',
            'web_visit_count + app_visit_count > 0'),
        ('int_features__message_days', 'message_date', 'open_count + click_count > 0'),
    ] %}
    select
        source_system,
        source_customer_id,
        {% for hour in range(24) %}
        hour_{{ hour }}_count,
        {% endfor %}
        {{ day }} as effective_date
    from {{ ref(relation) }}
    where {{ condition }}
    union all
    {% endfor %}
    select
        source_system,
        source_customer_id,
        {% for hour in range(24) %}
        case when order_hour = {{ hour }} then order_count else 0 end
            as hour_{{ hour }}_count,
        {% endfor %}
        effective_date
    from {{ ref('int_features__purchase_movements') }}
    where order_count <> 0

),

active_dates as (

    select distinct effective_date from active

),

buckets as (

    select
        active_dates.effective_date,
        min(dates.as_of_date) as as_of_date
    from active_dates
    inner join {{ ref('features__as_of_dates') }} as dates
        on active_dates.effective_date <= dates.as_of_date
    group by active_dates.effective_date

),

starts as (

    select * from {{ ref('int_features__panel_starts') }}

),

-- What somebody did before they were known counts from the first date they are.
dated as (

    select
        map.customer_id,
        active.*,
        greatest(buckets.as_of_date, starts.first_as_of_date) as as_of_date
    from active
    inner join buckets
        on active.effective_date = buckets.effective_date
    inner join {{ ref('int_features__touched_map') }} as map
        on
            active.source_system = map.source_system
            and active.source_customer_id = map.source_customer_id
    inner join starts
        on map.customer_id = starts.customer_id

),

final as (

    select
        customer_id,
        {% for hour in range(24) %}
        cast(sum(hour_{{ hour }}_count) as integer) as hour_{{ hour }}_count,
        {% endfor %}
        as_of_date
    from dated
    group by customer_id, as_of_date

)

select * from final
