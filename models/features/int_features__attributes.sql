{{ segmentation.panel_config() }}

{%- set run = segmentation.run_to_continue() %}

with current_values as (

    select
        population.customer_id,
        population.as_of_date,
        spans.attribute_name,
        spans.attribute_value
    from {{ ref('int_features__population') }} as population
    left join {{ ref('int_features__attribute_spans') }} as spans
        on
            population.customer_id = spans.customer_id
            and population.as_of_date >= spans.valid_from
            and (
                population.as_of_date < spans.replaced_date
                or spans.replaced_date is null
            )
    {{ segmentation.only_touched('population', run) }}
    where not population.is_reference

),

final as (

    select
        customer_id,
        {% for name in segmentation.demographic_attributes() %}
        max(case when attribute_name = '{{ name }}' then attribute_value end)
            as {{ name }},
        {% endfor %}
        max(case when attribute_name = 'account_id' then 1 else 0 end) = 1
            as is_business,
        as_of_date,
        cast(
            max(case when attribute_name = 'birth_date' then attribute_value end)
            as date
        ) as birth_date
    from current_values
    group by customer_id, as_of_date

)

select * from final
