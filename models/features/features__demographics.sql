{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set attributes = segmentation.demographic_attributes() -%}

with population as (

    select
        customer_id,
        as_of_date
    from {{ ref('int_features__population') }}
    where not is_reference

),

current_values as (

    select
        population.customer_id,
        population.as_of_date,
        spans.attribute_name,
        spans.attribute_value
    from population
    inner join {{ ref('int_features__attribute_spans') }} as spans
        on
            population.customer_id = spans.customer_id
            and population.as_of_date >= spans.valid_from
            and (
                population.as_of_date < spans.replaced_date
                or spans.replaced_date is null
            )
            and (
                population.as_of_date < spans.expired_date
                or spans.expired_date is null
            )

),

pivoted as (

    select
        customer_id,
        {% for name in attributes + ['birth_date'] %}
        max(case when attribute_name = '{{ name }}' then attribute_value end)
            as {{ name }},
        {% endfor %}
        as_of_date
    from current_values
    group by customer_id, as_of_date

),

births as (

    select
        customer_id,
        as_of_date,
        cast(birth_date as date) as birth_date
    from pivoted
    where birth_date is not null

),

-- Whole years: one less until the birthday of the year.
ages as (

    select
        customer_id,
        as_of_date,
        extract(year from as_of_date) - extract(year from birth_date)
        - case
            when
                100 * extract(month from as_of_date) + extract(day from as_of_date)
                < 100 * extract(month from birth_date) + extract(day from birth_date)
                then 1
            else 0
        end as age_years
    from births

),

final as (

    select
        population.customer_id,
        {% for name in attributes if name != 'age_band' %}
        coalesce(pivoted.{{ name }}, 'unknown') as {{ name }},
        {% endfor %}
        coalesce(
            case
                when ages.age_years between 0 and 17 then 'under 18'
                when ages.age_years between 18 and 24 then '18-24'
                when ages.age_years between 25 and 34 then '25-34'
                when ages.age_years between 35 and 44 then '35-44'
                when ages.age_years between 45 and 54 then '45-54'
                when ages.age_years between 55 and 64 then '55-64'
                when ages.age_years between 65 and 120 then '65+'
            end,
            pivoted.age_band,
            'unknown'
        ) as age_band,
        population.as_of_date
    from population
    left join pivoted
        on
            population.customer_id = pivoted.customer_id
            and population.as_of_date = pivoted.as_of_date
    left join ages
        on
            population.customer_id = ages.customer_id
            and population.as_of_date = ages.as_of_date

)

select * from final
