{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set digits = range(10) %}

with digits as (

    {% for digit in digits %}
    select {{ digit }} as digit
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

numbers as (

    select ones.digit + 10 * tens.digit + 100 * hundreds.digit as day_number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds

),

bounds as (

    select
        min(as_of_date) as first_date,
        max(as_of_date) as last_date
    from {{ ref('features__as_of_dates') }}

),

days as (

    select
        {{ segmentation.add_days('bounds.first_date', 'numbers.day_number') }}
            as calendar_date,
        bounds.last_date
    from bounds
    cross join numbers

)

select calendar_date
from days
where calendar_date <= last_date
