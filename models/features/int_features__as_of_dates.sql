{{ config(schema=segmentation.segmentation_schema('internal')) }}

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
        min(data_starts_at) as first_day,
        min(case when entity = 'orders' then data_starts_at end) as first_order_day
    from {{ ref('int_features__data_starts') }}

),

final as (

    select
        dates.as_of_date,
        -- A quarter end counts only with the same 90 days of data behind it.
        case
            when
                {{ segmentation.days_between('starts.first_day', 'dates.quarter_end_date') }}
                + 1 >= 90
                then dates.quarter_end_date
        end as quarter_end_date,
        dates.is_current,
        dates.is_reference,
        {% for days in [30, 90, 180, 365] %}
        coalesce(
            {{ segmentation.days_between('starts.first_order_day', 'dates.as_of_date') }}
            + 1 >= {{ days }},
            false
        ) as is_observed_{{ days }}d{{ ',' if not loop.last }}
        {% endfor %}
    from dates
    cross join starts
    where
        dates.is_current
        or {{ segmentation.days_between('starts.first_day', 'dates.as_of_date') }} + 1 >= 90

)

select * from final
