{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{%- set families = {
    'web': [30, 90], 'product': [90], 'message': [90], 'service': [365],
    'social': [365],
} -%}

with starts as (

    select
        {% for family in families if family != 'social' %}
        min(case when family = '{{ family }}' then data_starts_at end)
            as {{ family }}_start,
        {% endfor %}
        min(case when family = 'social' then data_starts_at end) as social_start
    from {{ ref('int_features__data_starts') }}

),

final as (

    select
        {% for family, windows in families.items() %}
        coalesce(dates.as_of_date >= starts.{{ family }}_start, false)
            as is_{{ family }}_known,
        {% for days in windows %}
        {% set covered = segmentation.add_days(
            'starts.' ~ family ~ '_start', days - 1
        ) %}
        coalesce(dates.as_of_date >= {{ covered }}, false)
            as is_{{ family }}_observed_{{ days }}d,
        {% endfor %}
        {% endfor %}
        dates.as_of_date
    from {{ ref('int_features__as_of_dates') }} as dates
    cross join starts

)

select * from final
