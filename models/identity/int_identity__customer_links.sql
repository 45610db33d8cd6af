{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

with record_customers as (

    select record_customers.*
    from {{ ref('int_identity__record_customers') }} as record_customers
    {{ segmentation.only_touched('record_customers', run) }}

),

edges as (

    select
        least(edges.node_a, edges.node_b) as node_a,
        greatest(edges.node_a, edges.node_b) as node_b,
        one.customer_id,
        edges.rule_code,
        edges.match_probability
    from {{ ref('int_identity__edges') }} as edges
    inner join record_customers as one
        on edges.node_a = one.record_number
    inner join record_customers as two
        on
            edges.node_b = two.record_number
            and one.customer_id = two.customer_id

),

ranked as (

    select
        *,
        row_number() over (
            partition by node_a, node_b
            order by
                coalesce(match_probability, 2) desc,
                {{ segmentation.binary_order('rule_code') }} asc
        ) as edge_rank,
        count(*) over (partition by node_a, node_b) as edge_count
    from edges

),

final as (

    select
        customer_id,
        node_a,
        node_b,
        rule_code,
        match_probability,
        edge_count
    from ranked
    where edge_rank = 1

)

select * from final
