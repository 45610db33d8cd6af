{{ segmentation.panel_row_config('public') }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}
{%- set attributes = segmentation.demographic_attributes() -%}

with attributes as (

    select attributes.*
    from {{ ref('int_features__attributes') }} as attributes
    {{ segmentation.only_touched('attributes', run) }}

),

-- Whole years: one less until the birthday of the year.
aged as (

    select
        attributes.*,
        extract(year from as_of_date) - extract(year from birth_date)
        - case
            when
                100 * extract(month from as_of_date) + extract(day from as_of_date)
                < 100 * extract(month from birth_date) + extract(day from birth_date)
                then 1
            else 0
        end as age_years
    from attributes

),

final as (

    select
        customer_id,
        {% for name in attributes if name != 'age_band' %}
        coalesce({{ name }}, 'unknown') as {{ name }},
        {% endfor %}
        coalesce(
            case
                when age_years between 0 and 17 then 'under 18'
                when age_years between 18 and 24 then '18-24'
                when age_years between 25 and 34 then '25-34'
                when age_years between 35 and 44 then '35-44'
                when age_years between 45 and 54 then '45-54'
                when age_years between 55 and 64 then '55-64'
                when age_years between 65 and 120 then '65+'
            end,
            age_band,
            'unknown'
        ) as age_band,
        is_business,
        as_of_date
    from aged

)

select * from final
