{{ config(
    schema=segmentation.segmentation_schema('identity'), contract={'enforced': true}
) }}

with records as (

    select
        records.*,
        coalesce(revenue.revenue, 0) as revenue,
        sum(coalesce(revenue.revenue, 0)) over (
            partition by records.customer_id
        ) as customer_revenue
    from {{ ref('int_identity__record_customers') }} as records
    left join {{ ref('int_identity__record_revenue') }} as revenue
        on
            records.source_system = revenue.source_system
            and records.source_customer_id = revenue.source_customer_id

),

pairs as (

    select
        pairs.*,
        one.source_system,
        one.source_customer_id,
        two.source_system as other_source_system,
        two.source_customer_id as other_source_customer_id,
        least(one.customer_revenue, two.customer_revenue) as smaller_revenue
    from {{ ref('int_identity__uncertain_pairs') }} as pairs
    inner join records as one on pairs.node_a = one.record_number
    inner join records as two on pairs.node_b = two.record_number

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
        max(least(records.revenue, records.customer_revenue - records.revenue))
            as revenue_at_stake
    from {{ ref('int_identity__best_links') }} as links
    inner join records on links.record_number = records.record_number
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
        source_system,
        source_customer_id,
        other_source_system,
        other_source_customer_id,
        customer_id,
        other_customer_id,
        match_probability,
        row_number() over (
            order by
                revenue_at_stake desc,
                abs(coalesce(match_probability, 0.5) - 0.5) asc,
                node_a asc,
                node_b asc
        ) as review_rank,
        cast(revenue_at_stake as numeric(18, 2)) as revenue_at_stake,
        is_joined
    from asked

)

select * from final
