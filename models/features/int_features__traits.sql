{{ segmentation.panel_config() }}

{%- set run = segmentation.run_to_continue() %}

{%- set traits = segmentation.psychographic_traits() -%}

{% set panel -%}
    partition by customer_id
    order by as_of_date asc
    rows between unbounded preceding and current row
{%- endset %}

with joined as (

    select
        population.customer_id,
        population.as_of_date,
        {% for trait in traits %}
        coalesce(partials.{{ trait }}_answer_count, 0) as {{ trait }}_answer_count,
        coalesce(partials.{{ trait }}_total, 0) as {{ trait }}_total,
        {% endfor %}
        coalesce(partials.asked_count, 0) as asked_count,
        population.is_profiled
    from {{ ref('int_features__population') }} as population
    left join {{ ref('int_features__trait_partials') }} as partials
        on
            population.customer_id = partials.customer_id
            and population.as_of_date = partials.as_of_date
    {{ segmentation.only_touched('population', run) }}
    where not population.is_reference

),

running as (

    select
        customer_id,
        as_of_date,
        {% for trait in traits %}
        cast(sum({{ trait }}_answer_count) over ({{ panel }}) as bigint)
            as {{ trait }}_answer_count,
        sum({{ trait }}_total) over ({{ panel }}) as {{ trait }}_total,
        {% endfor %}
        sum(asked_count) over ({{ panel }}) > 0 as is_asked,
        is_profiled
    from joined

),

final as (

    select
        customer_id,
        as_of_date,
        {% for trait in traits %}
        {{ trait }}_answer_count,
        case
            when is_profiled
                then {{ segmentation.ratio(
                    trait ~ '_total', trait ~ '_answer_count'
                ) }}
        end as {{ trait }},
        {% endfor %}
        cast(
            {% for trait in traits %}
            {{ trait }}_answer_count {{ '' if loop.last else '+' }}
            {% endfor %}
            as bigint
        ) as answer_count,
        is_asked,
        is_profiled
    from running

)

select * from final
