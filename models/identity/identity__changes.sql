{{ segmentation.lasting_config() }}

{%- set text = dbt.type_string() %}
{%- set recorded_rows = segmentation.recorded_rows(this) %}

with present as (

    select * from {{ ref('int_identity__record_customers') }}

),

{% if recorded_rows %}

recorded as (

    select
        source_system,
        source_customer_id,
        customer_id,
        change_type,
        run_number,
        as_of_date
    from {{ recorded_rows }}

),

previous as (

    {{ segmentation.latest_customers('recorded') }}

),

runs as (

    select
        coalesce(max(run_number), 0) as run_number,
        max(as_of_date) as as_of_date
    from recorded

),

{% else %}

previous as (

    select
        source_system,
        source_customer_id,
        customer_id
    from present
    where 1 = 0

),

runs as (

    select
        0 as run_number,
        cast(null as date) as as_of_date

),

{% endif %}

paired as (

    select
        coalesce(present.source_system, previous.source_system) as source_system,
        coalesce(present.source_customer_id, previous.source_customer_id)
            as source_customer_id,
        present.record_number,
        present.customer_id,
        previous.customer_id as previous_customer_id
    from present
    full outer join previous
        on
            present.source_system = previous.source_system
            and present.source_customer_id = previous.source_customer_id

),

-- All others are as they were, and the rest need not look at them.
concerned as (

    select customer_id
    from paired
    where coalesce(customer_id, '') <> coalesce(previous_customer_id, '')
    union distinct
    select previous_customer_id as customer_id
    from paired
    where coalesce(customer_id, '') <> coalesce(previous_customer_id, '')

),

records as (

    select
        paired.*,
        -- Records that were one customer before.
        coalesce(
            paired.previous_customer_id,
            'record ' || cast(paired.record_number as {{ text }})
        ) as party
    from paired
    left join concerned as now on paired.customer_id = now.customer_id
    left join concerned as before on paired.previous_customer_id = before.customer_id
    where now.customer_id is not null or before.customer_id is not null

),

customers as (

    select
        customer_id,
        count(distinct previous_customer_id) as previous_count
    from records
    group by customer_id

),

previous_customers as (

    select
        previous_customer_id,
        count(distinct customer_id) as customer_count
    from records
    group by previous_customer_id

),

changed as (

    select
        records.*,
        case
            when records.customer_id is null then 'gone'
            when records.previous_customer_id is null then 'new'
            when
                customers.previous_count > 1 and previous_customers.customer_count > 1
                then 'moved'
            when customers.previous_count > 1 then 'merged'
            when previous_customers.customer_count > 1 then 'split'
            else 'renamed'
        end as change_type
    from records
    left join customers
        on records.customer_id = customers.customer_id
    left join previous_customers
        on records.previous_customer_id = previous_customers.previous_customer_id
    where
        coalesce(records.customer_id, '') <> coalesce(records.previous_customer_id, '')

),

-- What joins a party to the rest of its customer, from either end.
links as (

    select
        one.customer_id,
        one.party,
        edges.*
    from {{ ref('int_identity__edges') }} as edges
    inner join records as one on edges.node_a = one.record_number
    inner join records as two
        on edges.node_b = two.record_number and one.customer_id = two.customer_id
    where one.party <> two.party
    union all
    select
        two.customer_id,
        two.party,
        edges.*
    from {{ ref('int_identity__edges') }} as edges
    inner join records as one on edges.node_a = one.record_number
    inner join records as two
        on edges.node_b = two.record_number and one.customer_id = two.customer_id
    where one.party <> two.party

),

ranked_links as (

    select
        *,
        row_number() over (
            partition by customer_id, party
            order by
                case when is_exact then 0 else 1 end,
                coalesce(match_probability, 1) desc,
                {{ segmentation.binary_order('rule_code') }},
                node_a,
                node_b asc
        ) as strength_rank
    from links

),

-- What no longer joins a party that fell apart.
dropped as (

    select
        one.customer_id,
        two.customer_id as other_customer_id,
        min({{ segmentation.binary_order('dropped.drop_reason') }}) as drop_reason
    from {{ ref('identity__dropped_edges') }} as dropped
    inner join records as one
        on
            dropped.source_system = one.source_system
            and dropped.source_customer_id = one.source_customer_id
    inner join records as two
        on
            dropped.other_source_system = two.source_system
            and dropped.other_source_customer_id = two.source_customer_id
    group by one.customer_id, two.customer_id

),

final as (

    select
        '{{ segmentation.run_id() }}' as run_id,
        cast(runs.run_number + 1 as bigint) as run_number,
        {{ segmentation.as_of_date() }} as as_of_date,
        changed.source_system,
        changed.source_customer_id,
        changed.change_type,
        changed.previous_customer_id,
        changed.customer_id,
        links.rule_code,
        links.match_probability,
        one.source_system as linked_source_system,
        one.source_customer_id as linked_source_customer_id,
        two.source_system as other_source_system,
        two.source_customer_id as other_source_customer_id,
        case
            when changed.change_type in ('split', 'moved')
                then coalesce(dropped.drop_reason, back.drop_reason, 'no edge is left')
        end as split_reason
    from changed
    cross join runs
    left join ranked_links as links
        on
            changed.customer_id = links.customer_id
            and changed.party = links.party
            and links.strength_rank = 1
    left join present as one on links.node_a = one.record_number
    left join present as two on links.node_b = two.record_number
    left join dropped
        on
            changed.customer_id = dropped.customer_id
            and changed.previous_customer_id = dropped.other_customer_id
    left join dropped as back
        on
            changed.customer_id = back.other_customer_id
            and changed.previous_customer_id = back.customer_id
    where
        -- A build of the past says nothing about what changed since.
        coalesce(runs.as_of_date, {{ segmentation.as_of_date() }})
        <= {{ segmentation.as_of_date() }}
        {%- if segmentation.is_sample() %}
        -- In a sample all other rows would look as if they were gone.
        and 1 = 0
        {%- endif %}

)

select * from final
