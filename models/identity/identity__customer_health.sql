{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}
{{ config(contract={'enforced': true}) }}

{%- set run = segmentation.run_to_continue() %}
{%- set compared_types = ['email', 'phone', 'national_id'] %}

with best_links as (

    select best_links.*
    from {{ ref('int_identity__best_links') }} as best_links
    {{ segmentation.only_touched('best_links', run) }}

),

record_customers as (

    select record_customers.*
    from {{ ref('int_identity__record_customers') }} as record_customers
    {{ segmentation.only_touched('record_customers', run) }}

),

weakest as (

    select
        *,
        row_number() over (
            partition by customer_id
            order by
                strength asc,
                {{ segmentation.binary_order('rule_code') }} asc,
                {{ segmentation.binary_order('source_system') }} asc,
                {{ segmentation.binary_order('source_customer_id') }} asc
        ) as weakness_rank,
        count(*) over (partition by customer_id) as record_count
    from best_links

),

links as (

    select
        links.customer_id,
        sum(links.edge_count) as edge_count,
        count(*) as linked_pair_count
    from {{ ref('int_identity__customer_links') }} as links
    {{ segmentation.only_touched('links', run) }}
    group by links.customer_id

),

identifiers as (

    select
        {% for identifier_type in compared_types %}
        count(
            distinct case
                when identifiers.identifier_type = '{{ identifier_type }}'
                    then identifiers.identifier_key
            end
        ) as {{ identifier_type }}_count,
        {% endfor %}
        map.customer_id
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join {{ ref('identity__customer_map') }} as map
        on
            identifiers.source_system = map.source_system
            and identifiers.source_customer_id = map.source_customer_id
    {{ segmentation.only_touched('map', run) }}
    where identifiers.block_reason is null
    group by map.customer_id

),

conflicts as (

    select
        one.customer_id,
        count(*) as conflict_count
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    inner join record_customers as one
        on candidates.node_a = one.record_number
    inner join record_customers as two
        on
            candidates.node_b = two.record_number
            and one.customer_id = two.customer_id
    where verdicts.evidence < 0
    group by one.customer_id

),

final as (

    select
        weakest.customer_id,
        weakest.rule_code as weakest_link_rule_code,
        weakest.source_system as weakest_link_source_system,
        weakest.source_customer_id as weakest_link_source_customer_id,
        cast(weakest.record_count as bigint) as record_count,
        cast(coalesce(links.edge_count, 0) as bigint) as edge_count,
        {% for identifier_type in compared_types %}
        cast(coalesce(identifiers.{{ identifier_type }}_count, 0) as bigint)
            as {{ identifier_type }}_count,
        {% endfor %}
        cast(coalesce(conflicts.conflict_count, 0) as bigint) as conflict_count,
        cast({{ segmentation.ratio(
            '2 * coalesce(links.linked_pair_count, 0)',
            'weakest.record_count * (weakest.record_count - 1)',
        ) }} as numeric(18, 9)) as density,
        weakest.match_probability as weakest_link_probability
    from weakest
    left join links on weakest.customer_id = links.customer_id
    left join identifiers on weakest.customer_id = identifiers.customer_id
    left join conflicts on weakest.customer_id = conflicts.customer_id
    where weakest.weakness_rank = 1

)

select * from final
