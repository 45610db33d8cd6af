{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    A movement enters its windows on its effective date and leaves each of them a
    fixed number of days after the order, so that running sums of entries and exits
    give every window at every date without reading an order once per date.
-#}
{%- set windows = segmentation.feature_windows('purchases') -%}
{%- set totals = [
    'gross_amount', 'discount_amount', 'refunded_amount', 'margin_amount'
] -%}
{%- set parts_of_day = {
    'morning': [5, 10], 'afternoon': [11, 16], 'evening': [17, 21], 'night': [22, 4]
} -%}

with movements as (

    select
        map.customer_id,
        movements.*
    from {{ ref('int_features__purchase_movements') }} as movements
    inner join {{ ref('int_features__touched_map') }} as map
        on
            movements.source_system = map.source_system
            and movements.source_customer_id = map.source_customer_id

),

steps as (

    select 0 as step_days
    {% for days in windows %}
    union all
    select {{ days }} as step_days
    {% endfor %}

),

stepped as (

    select
        movements.*,
        steps.step_days,
        movements.is_placement and steps.step_days = 0 as is_placed_now,
        case
            when steps.step_days = 0 then movements.effective_date
            {% for days in windows %}
            when steps.step_days = {{ days }}
                then {{ segmentation.add_days('movements.order_date', days) }}
            {% endfor %}
        end as step_date
    from movements
    cross join steps
    where steps.step_days = 0 or movements.days_late < steps.step_days

),

step_dates as (

    select distinct step_date from stepped

),

buckets as (

    select
        step_dates.step_date,
        min(dates.as_of_date) as as_of_date
    from step_dates
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on step_dates.step_date <= dates.as_of_date
    group by step_dates.step_date

),

final as (

    select
        stepped.customer_id,
        min(case when stepped.is_placed_now then stepped.order_date end)
            as first_order_date,
        max(case when stepped.is_placed_now then stepped.order_date end)
            as last_order_date,
        min(
            case
                when stepped.is_placed_now and stepped.is_near_data_start
                    then stepped.order_date
            end
        ) as first_censored_date,
        -- The day before the campaign, so that the smallest is that of the first day.
        min(
            case
                when stepped.is_placed_now
                    then {{ segmentation.binary_order(
                        '(cast(stepped.order_date as ' ~ dbt.type_string()
                        ~ ") || coalesce(stepped.campaign_id, '~'))"
                    ) }}
            end
        ) as first_order_campaign,
        sum(case when stepped.is_placed_now then 1 else 0 end) as placed_count,
        sum(
            case
                when stepped.step_days = 0 and stepped.is_margin_known then 1
                else 0
            end
        ) as margin_known_count,
        {% for measure in ['order_count', 'net_amount'] %}
        sum(case when stepped.step_days = 0 then stepped.{{ measure }} else 0 end)
            as {{ measure }},
        {% for days in windows %}
        sum(
            case
                when stepped.step_days = 0 and stepped.days_late < {{ days }}
                    then stepped.{{ measure }}
                when stepped.step_days = {{ days }} then -stepped.{{ measure }}
                else 0
            end
        ) as {{ measure }}_{{ days }}d,
        {% endfor %}
        {% endfor %}
        {% for measure in totals %}
        sum(
            case
                when stepped.step_days = 0 then coalesce(stepped.{{ measure }}, 0)
                else 0
            end
        ) as {{ measure }},
        {% endfor %}
        {% for name, hours in parts_of_day.items() %}
        sum(
            case
                when
                    stepped.step_days = 0 and (
                        stepped.order_hour >= {{ hours[0] }}
                        {{ 'and' if hours[0] <= hours[1] else 'or' }}
                        stepped.order_hour <= {{ hours[1] }}
                    )
                    then stepped.order_count
                else 0
            end
        ) as {{ name }}_order_count,
        {% endfor %}
        {% for name in ['weekend', 'online'] %}
        sum(
            case
                when stepped.step_days = 0 and stepped.is_{{ name }}
                    then stepped.order_count
                else 0
            end
        ) as {{ name }}_order_count,
        {% endfor %}
        {% for name in ['store', 'web', 'app', 'phone', 'other'] %}
        sum(
            case
                when stepped.step_days = 0 and stepped.order_channel = '{{ name }}'
                    then stepped.order_count
                else 0
            end
        ) as {{ name }}_order_count,
        {% endfor %}
        buckets.as_of_date
    from stepped
    inner join buckets
        on stepped.step_date = buckets.step_date
    group by stepped.customer_id, buckets.as_of_date

)

select * from final
