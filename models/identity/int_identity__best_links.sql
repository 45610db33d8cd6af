{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

with links as (

    select links.*
    from {{ ref('int_identity__customer_links') }} as links
    {{ segmentation.only_touched('links', run) }}

),

records as (

    select
        record_customers.*,
        count(*) over (partition by record_customers.customer_id) as record_count
    from {{ ref('int_identity__record_customers') }} as record_customers
    {{ segmentation.only_touched('record_customers', run) }}

),

both_ways as (

    select
        node_a as record_number,
        node_b as other_record_number,
        rule_code,
        match_probability
    from links
    union all
    select
        node_b as record_number,
        node_a as other_record_number,
        rule_code,
        match_probability
    from links

),

ranked as (

    select
        *,
        row_number() over (
            partition by record_number
            order by
                coalesce(match_probability, 2) desc,
                {{ segmentation.binary_order('rule_code') }} asc,
                other_record_number asc
        ) as link_rank
    from both_ways

),

final as (

    select
        records.customer_id,
        records.record_number,
        ranked.other_record_number,
        records.source_system,
        records.source_customer_id,
        -- Average linkage can keep a record whose own edges lead to other customers.
        coalesce(ranked.rule_code, 'cluster') as rule_code,
        ranked.match_probability,
        case
            when ranked.rule_code is null then 0
            else coalesce(ranked.match_probability, 2)
        end as strength
    from records
    left join ranked
        on records.record_number = ranked.record_number and ranked.link_rank = 1
    where records.record_count > 1

)

select * from final
