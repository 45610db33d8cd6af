{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

with record_customers as (

    select * from {{ ref('int_identity__record_customers') }}

),

buyers as (

    select
        records.record_number,
        records.customer_id,
        revenue.revenue
    from {{ ref('int_identity__record_revenue') }} as revenue
    inner join record_customers as records
        on
            revenue.source_system = records.source_system
            and revenue.source_customer_id = records.source_customer_id

),

customers as (

    select
        customer_id,
        sum(revenue) as revenue
    from buyers
    group by customer_id

),

pairs as (

    select
        pairs.*,
        least(
            coalesce(customers.revenue, 0), coalesce(others.revenue, 0)
        ) as smaller_revenue
    from {{ ref('int_identity__uncertain_pairs') }} as pairs
    left join customers on pairs.customer_id = customers.customer_id
    left join customers as others on pairs.other_customer_id = others.customer_id

),

-- One question for each two customers: the pair that most likely joins them.
apart as (

    select
        *,
        smaller_revenue as revenue_at_stake,
        row_number() over (
            partition by
                least(customer_id, other_customer_id),
                greatest(customer_id, other_customer_id)
            order by coalesce(match_probability, 0.5) desc, node_a asc, node_b asc
        ) as pair_rank
    from pairs
    where not is_joined

),

-- A record that hangs by the pair would leave with its own revenue.
hanging as (

    select
        least(links.record_number, links.other_record_number) as node_a,
        greatest(links.record_number, links.other_record_number) as node_b,
        max(
            least(
                coalesce(buyers.revenue, 0),
                coalesce(customers.revenue, 0) - coalesce(buyers.revenue, 0)
            )
        ) as revenue_at_stake
    from {{ ref('int_identity__best_links') }} as links
    left join buyers on links.record_number = buyers.record_number
    left join customers on links.customer_id = customers.customer_id
    where links.other_record_number is not null
    group by
        least(links.record_number, links.other_record_number),
        greatest(links.record_number, links.other_record_number)

),

joined as (

    select
        pairs.*,
        hanging.revenue_at_stake,
        1 as pair_rank
    from pairs
    inner join hanging
        on pairs.node_a = hanging.node_a and pairs.node_b = hanging.node_b

),

asked as (

    select * from apart
    where pair_rank = 1
    union all
    select * from joined

),

final as (

    select
        one.source_system,
        one.source_customer_id,
        two.source_system as other_source_system,
        two.source_customer_id as other_source_customer_id,
        asked.customer_id,
        asked.other_customer_id,
        asked.match_probability,
        row_number() over (
            order by
                asked.revenue_at_stake desc,
                abs(coalesce(asked.match_probability, 0.5) - 0.5) asc,
                asked.node_a asc,
                asked.node_b asc
        ) as review_rank,
        cast(asked.revenue_at_stake as numeric(18, 2)) as revenue_at_stake,
        asked.is_joined
    from asked
    inner join record_customers as one on asked.node_a = one.record_number
    inner join record_customers as two on asked.node_b = two.record_number

)

select * from final
