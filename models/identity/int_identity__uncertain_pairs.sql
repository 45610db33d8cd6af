{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set lowest = 0.05 %}
{%- set highest = 0.95 %}

with records as (

    select * from {{ ref('int_identity__record_customers') }}

),

overrides as (

    select * from {{ ref('int_identity__overrides') }}

),

-- Without weights no probability is known: what a rule joins and the guard keeps apart
-- is uncertain.
uncertain as (

    select
        candidates.node_a,
        candidates.node_b,
        one.customer_id,
        two.customer_id as other_customer_id,
        verdicts.match_probability,
        one.customer_id = two.customer_id as is_joined
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    inner join records as one on candidates.node_a = one.record_number
    inner join records as two on candidates.node_b = two.record_number
    where
        verdicts.match_probability between {{ lowest }} and {{ highest }}
        or (
            verdicts.match_probability is null
            and verdicts.rule_code is not null
            and one.customer_id <> two.customer_id
        )

),

answered as (

    select distinct
        node_a,
        node_b
    from overrides

),

-- One excluded pair keeps two customers apart, whatever is said of their other records.
kept_apart as (

    select distinct
        least(one.customer_id, two.customer_id) as customer_id,
        greatest(one.customer_id, two.customer_id) as other_customer_id
    from overrides
    inner join records as one on overrides.node_a = one.record_number
    inner join records as two on overrides.node_b = two.record_number
    where overrides.decision = 'exclude'

),

final as (

    select uncertain.*
    from uncertain
    left join answered
        on uncertain.node_a = answered.node_a and uncertain.node_b = answered.node_b
    left join kept_apart
        on
            least(uncertain.customer_id, uncertain.other_customer_id)
            = kept_apart.customer_id
            and greatest(uncertain.customer_id, uncertain.other_customer_id)
            = kept_apart.other_customer_id
    where answered.node_a is null and kept_apart.customer_id is null

)

select * from final
