{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    What customers of each segment did after the past date, by every feature that the
    segment could be split by, in two halves of the customers.
-#}
{%- set features = segmentation.split_features() %}
{%- set outcomes = segmentation.split_outcomes() %}
{#- More of them would say the same and cost more. -#}
{%- set most_customers = 200000 %}

with judged as (

    select
        outcomes.*,
        {{ dbt.hash("'split/' || outcomes.customer_id") }} as hash,
        count(*) over () as customer_count
    from {{ ref('int_segments__outcomes') }} as outcomes
    where outcomes.is_profiled and outcomes.primary_segment <> 'otherwise'

),

people as (

    select
        judged.primary_segment,
        judged.value_tier,
        case when substring(judged.hash, 1, 1) < '8' then 1 else 2 end as half,
        {% for outcome in outcomes %}
        cast(judged.{{ outcome }} as numeric(18, 9)) as {{ outcome }},
        cast(
            cast(judged.{{ outcome }} as double precision) * judged.{{ outcome }}
            as numeric(18, 9)
        ) as {{ outcome }}_square,
        {% endfor %}
        {% for name, scale in features.items() %}
        {% if scale is none %}
        features.{{ name }},
        {% else %}
        {{ segmentation.value_bin('features.' ~ name, scale) }} as {{ name }},
        {% endif %}
        {% endfor %}
        judged.customer_id
    from judged
    inner join {{ ref('features__customers') }} as features
        on
            judged.customer_id = features.customer_id
            and judged.as_of_date = features.as_of_date
    where
        mod({{ segmentation.hash_number('substring(judged.hash, 2, 15)') }}, 1000)
        * judged.customer_count
        < {{ most_customers }} * cast(1000 as bigint)

),

final as (

    {% for name, scale in features.items() %}
    select
        primary_segment,
        value_tier,
        '{{ name }}' as feature,
        {% if scale is none %}
        case when {{ name }} <> 'unknown' then {{ name }} end as value,
        cast(null as integer) as bin,
        {% else %}
        cast(null as {{ dbt.type_string() }}) as value,
        {{ name }} as bin,
        {% endif %}
        half,
        {% for outcome in outcomes %}
        count({{ outcome }}) as {{ outcome }}_count,
        sum({{ outcome }}) as {{ outcome }}_sum,
        sum({{ outcome }}_square) as {{ outcome }}_squares,
        {% endfor %}
        count(*) as customer_count
    from people
    group by primary_segment, value_tier, half, {{ name }}
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

)

select * from final
