{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with records as (

    select * from {{ ref('int_identity__record_customers') }}

),

dropped as (

    select
        one.source_system,
        one.source_customer_id,
        two.source_system as other_source_system,
        two.source_customer_id as other_source_customer_id,
        edges.rule_code,
        edges.match_probability,
        least(one.customer_id, two.customer_id) as customer_a,
        greatest(one.customer_id, two.customer_id) as customer_b
    from {{ ref('int_identity__edges') }} as edges
    inner join records as one on edges.node_a = one.record_number
    inner join records as two on edges.node_b = two.record_number
    where one.customer_id <> two.customer_id

),

excluded as (

    select
        least(one.customer_id, two.customer_id) as customer_a,
        greatest(one.customer_id, two.customer_id) as customer_b,
        'excluded by hand: '
        || min({{ segmentation.binary_order('overrides.reason') }}) as drop_reason
    from {{ ref('int_identity__overrides') }} as overrides
    inner join records as one on overrides.node_a = one.record_number
    inner join records as two on overrides.node_b = two.record_number
    where overrides.decision = 'exclude'
    group by
        least(one.customer_id, two.customer_id),
        greatest(one.customer_id, two.customer_id)

),

customer_pairs as (

    select distinct
        customer_a,
        customer_b
    from dropped

),

held as (

    select distinct
        records.customer_id,
        crowded.identifier_type,
        crowded.identifier_key,
        crowded.max_value_count
    from {{ ref('int_identity__crowded_values') }} as crowded
    inner join records on crowded.node = records.record_number

),

together as (

    select
        customer_pairs.customer_a,
        customer_pairs.customer_b,
        held.identifier_type,
        held.identifier_key,
        held.max_value_count
    from customer_pairs
    inner join held on customer_pairs.customer_a = held.customer_id
    union distinct
    select
        customer_pairs.customer_a,
        customer_pairs.customer_b,
        held.identifier_type,
        held.identifier_key,
        held.max_value_count
    from customer_pairs
    inner join held on customer_pairs.customer_b = held.customer_id

),

over_limit as (

    select
        customer_a,
        customer_b,
        'together ' || cast(count(*) as {{ text }}) || ' values of '
        || identifier_type || ', limit ' || cast(min(max_value_count) as {{ text }})
            as drop_reason
    from together
    group by customer_a, customer_b, identifier_type
    having count(*) > min(max_value_count)

),

first_over_limit as (

    select
        customer_a,
        customer_b,
        min({{ segmentation.binary_order('drop_reason') }}) as drop_reason
    from over_limit
    group by customer_a, customer_b

),

final as (

    select
        dropped.source_system,
        dropped.source_customer_id,
        dropped.other_source_system,
        dropped.other_source_customer_id,
        dropped.rule_code,
        dropped.match_probability,
        coalesce(
            excluded.drop_reason,
            first_over_limit.drop_reason,
            'other pairs of their customers speak against it'
        ) as drop_reason
    from dropped
    left join excluded
        on
            dropped.customer_a = excluded.customer_a
            and dropped.customer_b = excluded.customer_b
    left join first_over_limit
        on
            dropped.customer_a = first_over_limit.customer_a
            and dropped.customer_b = first_over_limit.customer_b

)

select * from final
