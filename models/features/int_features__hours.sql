{{ segmentation.panel_config() }}

{%- set run = segmentation.run_to_continue() %}

{% set panel -%}
    partition by customer_id
    order by as_of_date asc
    rows between unbounded preceding and current row
{%- endset %}

with joined as (

    select
        population.customer_id,
        population.as_of_date,
        {% for hour in range(24) %}
        coalesce(partials.hour_{{ hour }}_count, 0) as hour_{{ hour }}_count,
        {% endfor %}
        population.is_profiled
    from {{ ref('int_features__population') }} as population
    left join {{ ref('int_features__hour_partials') }} as partials
        on
            population.customer_id = partials.customer_id
            and population.as_of_date = partials.as_of_date
    {{ segmentation.only_touched('population', run) }}
    where not population.is_reference

),

final as (

    select
        customer_id,
        as_of_date,
        {% for hour in range(24) %}
        cast(sum(hour_{{ hour }}_count) over ({{ panel }}) as integer)
            as hour_{{ hour }}_count,
        {% endfor %}
        is_profiled
    from joined

)

select * from final
