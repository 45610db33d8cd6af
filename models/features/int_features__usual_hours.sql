{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- 24 hours with half a count each are the 12 of Jeffreys' prior. -#}
{%- set prior_weight = 12 -%}

with totals as (

    select
        as_of_date,
        {% for hour in range(24) %}
        cast(sum(hour_{{ hour }}_count) as bigint) as hour_{{ hour }}_total,
        {% endfor %}
        cast(
            sum(
                {% for hour in range(24) %}
                hour_{{ hour }}_count {{ '' if loop.last else '+' }}
                {% endfor %}
            ) as bigint
        ) as total
    from {{ ref('int_features__hours') }}
    where is_profiled
    group by as_of_date

),

-- Multiplied by the total, so that the comparison is of whole numbers.
weighed as (

    select
        hours.customer_id,
        hours.as_of_date,
        {% for hour in range(24) %}
        hours.hour_{{ hour }}_count * totals.total
        + {{ prior_weight }} * totals.hour_{{ hour }}_total as hour_{{ hour }}_weight,
        {% endfor %}
        totals.total
    from {{ ref('int_features__hours') }} as hours
    inner join totals
        on hours.as_of_date = totals.as_of_date
    where hours.is_profiled

),

final as (

    select
        customer_id,
        as_of_date,
        cast(
            {{ segmentation.first_largest(range(24), 'hour_', '_weight') }} as bigint
        ) as usual_hour
    from weighed
    where total > 0

)

select * from final
