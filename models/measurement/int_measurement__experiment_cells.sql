{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    All that is told of an experiment is computed from these sums: what follows costs the
    same for a thousand people as for a million.
-#}
{%- set metrics = segmentation.experiment_metrics() %}
{%- set capped = [] %}
{%- for column in metrics.values() if column != 'ordered' %}
{%- for past in ['', 'past_'] %}
{%- do capped.append(past ~ column) %}
{%- endfor %}
{%- endfor %}

with people as (

    select people.*
    from {{ ref('int_measurement__experiment_people') }} as people
    where people.is_compared and people.is_complete

),

-- One order in a thousand would otherwise decide: of those who spent anything, in all
-- arms together, the hundredth who spent most marks where an amount stops to count.
caps as (

    select
        {% for column in capped %}
        coalesce(
            percentile_disc(0.99) within group (
                order by case when {{ column }} <> 0 then abs({{ column }}) end asc
            ), 0
        ) as {{ column }},
        {% endfor %}
        experiment_code
    from people
    group by experiment_code

),

measured as (

    select
        people.experiment_code,
        people.arm,
        people.primary_segment as segment_code,
        1 + mod(
            {{ segmentation.hash_number(
                dbt.hash("'cell/' || people.customer_id")
            ) }},
            designs.cell_count
        ) as cell_number,
        people.ordered,
        people.past_ordered,
        {% for column in capped %}
        cast(
            least(
                greatest(people.{{ column }}, -caps.{{ column }}), caps.{{ column }}
            ) as double precision
        ) as {{ column }},
        caps.{{ column }} as {{ column }}_cap,
        {% endfor %}
        1 as ordered_cap,
        1 as past_ordered_cap
    from people
    inner join caps
        on people.experiment_code = caps.experiment_code
    inner join {{ ref('int_measurement__experiment_designs') }} as designs
        on
            people.experiment_code = designs.experiment_code
            and people.arm = designs.arm

),

-- Sums of decimals, which are exact and the same in any order.
sums as (

    select
        experiment_code,
        arm,
        segment_code,
        cell_number,
        {% for metric, column in metrics.items() %}
        count({{ column }}) as {{ metric }}_people,
        {% for name, value in {
            'outcome_sum': column,
            'outcome_squares': column ~ ' * ' ~ column,
            'past_sum': 'past_' ~ column,
            'past_squares': 'past_' ~ column ~ ' * past_' ~ column,
            'product_sum': column ~ ' * past_' ~ column,
        }.items() %}
        sum(cast({{ value }} as numeric(28, 4))) as {{ metric }}_{{ name }},
        {% endfor %}
        max({{ column }}_cap) as {{ metric }}_outcome_cap,
        max(past_{{ column }}_cap) as {{ metric }}_past_cap,
        {% endfor %}
        count(*) as customer_count
    from measured
    group by experiment_code, arm, segment_code, cell_number

),

final as (

    {% for metric in metrics %}
    select
        experiment_code,
        arm,
        segment_code,
        cell_number,
        '{{ metric }}' as metric,
        {{ metric }}_people as customer_count,
        {% for name in [
            'outcome_sum', 'outcome_squares', 'past_sum', 'past_squares',
            'outcome_cap', 'past_cap',
        ] %}
        cast({{ metric }}_{{ name }} as double precision) as {{ name }},
        {% endfor %}
        cast({{ metric }}_product_sum as double precision) as product_sum
    from sums
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

)

select * from final
