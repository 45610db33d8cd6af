{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}
{%- set told = [
    'attribute_value', 'attribute_group', 'source_system', 'provider', 'licence',
    'observed_date', 'expired_date',
] %}

with ranked as (

    select
        map.customer_id,
        stated.*,
        coalesce(stated.observed_date, cast('1900-01-01' as date)) as stated_date,
        row_number() over (
            partition by
                map.customer_id,
                stated.attribute_name,
                coalesce(stated.observed_date, cast('1900-01-01' as date))
            order by
                coalesce(stated.observed_at, cast('1900-01-01' as timestamp)) desc,
                {{ segmentation.binary_order('stated.attribute_value') }} asc,
                case when stated.expired_date is null then 0 else 1 end asc,
                stated.expired_date desc,
                {% for name in ['provider', 'licence', 'attribute_group'] %}
                coalesce({{ segmentation.binary_order('stated.' ~ name) }}, '') asc,
                {% endfor %}
                {{ segmentation.binary_order('stated.source_system') }} asc
        ) as day_rank
    from {{ ref('int_features__attribute_statements') }} as stated
    inner join {{ ref('identity__customer_map') }} as map
        on
            stated.source_system = map.source_system
            and stated.source_customer_id = map.source_customer_id
    {{ segmentation.only_touched('map', run) }}

),

-- One value per customer, attribute and day: the last seen, ties by value.
statements as (

    select
        ranked.*,
        lead(stated_date) over (
            partition by customer_id, attribute_name
            order by stated_date asc
        ) as restated_date,
        max(expired_date) over (
            partition by customer_id, attribute_name
        ) is not null as is_expiring
    from ranked
    where day_rank = 1

),

turns as (

    select
        customer_id,
        attribute_name,
        stated_date as turn_date
    from statements
    where is_expiring
    union distinct
    select
        customer_id,
        attribute_name,
        expired_date as turn_date
    from statements
    where expired_date is not null

),

-- Where a licence ends, what was stated before and did not end holds again.
holding as (

    select
        turns.customer_id,
        turns.attribute_name,
        {% for name in told %}
        statements.{{ name }},
        {% endfor %}
        turns.turn_date,
        row_number() over (
            partition by turns.customer_id, turns.attribute_name, turns.turn_date
            order by statements.stated_date desc
        ) as recency_rank
    from turns
    left join statements
        on
            turns.customer_id = statements.customer_id
            and turns.attribute_name = statements.attribute_name
            and turns.turn_date >= statements.stated_date
            and (
                turns.turn_date < statements.expired_date
                or statements.expired_date is null
            )

),

intervals as (

    select
        customer_id,
        attribute_name,
        {% for name in told %}
        {{ name }},
        {% endfor %}
        turn_date as valid_from,
        lead(turn_date) over (
            partition by customer_id, attribute_name
            order by turn_date asc
        ) as replaced_date
    from holding
    where recency_rank = 1
    union all
    select
        customer_id,
        attribute_name,
        {% for name in told %}
        {{ name }},
        {% endfor %}
        stated_date as valid_from,
        restated_date as replaced_date
    from statements
    where not is_expiring

),

final as (

    select * from intervals
    where attribute_value is not null

)

select * from final
