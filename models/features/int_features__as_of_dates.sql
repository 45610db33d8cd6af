{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set ninety_days_in = segmentation.add_days('starts.first_day', 89) %}

with dates as (

    {% for row in segmentation.panel_dates() %}
    select
        cast('{{ row.date }}' as date) as as_of_date,
        cast('{{ row.quarter_end }}' as date) as quarter_end_date,
        {{ 'true' if loop.first else 'false' }} as is_current,
        {{ 'true' if row.is_reference else 'false' }} as is_reference
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

starts as (

    select
        -- A help desk or a social network that is older opens no empty panel.
        min(
            case
                when entity in ('orders', 'events', 'messages') then data_starts_at
            end
        ) as first_day,
        min(case when entity = 'orders' then data_starts_at end) as first_order_day
    from {{ ref('int_features__data_starts') }}

),

final as (

    select
        dates.as_of_date,
        -- A quarter end counts only with the same 90 days of data behind it.
        case
            when
                dates.quarter_end_date >= {{ ninety_days_in }}
                then dates.quarter_end_date
        end as quarter_end_date,
        {% for days in [30, 90, 180, 365] %}
        coalesce(
            dates.as_of_date
            >= {{ segmentation.add_days('starts.first_order_day', days - 1) }},
            false
        ) as is_observed_{{ days }}d,
        {% endfor %}
        dates.is_current,
        dates.is_reference
    from dates
    cross join starts
    where
        dates.is_current
        or dates.as_of_date >= {{ ninety_days_in }}

)

select * from final
