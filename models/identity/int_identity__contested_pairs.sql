{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- In thousandths of a bit. An exact identifier names its holder: odds of 99 to 1. Odds
    of a thousand to one against are taken for proof, which no chance agreement of other
    records outweighs. A person's word outweighs everything. #}
{%- set exact_evidence = 6629 %}
{%- set proof_against = -9966 %}
{%- set proof_evidence = -1000000 %}
{%- set word_evidence = 1000000000 %}

with components as (

    select * from {{ ref('int_identity__components') }}

),

compared as (

    select
        candidates.node_a,
        candidates.node_b,
        case
            when verdicts.evidence <= {{ proof_against }} then {{ proof_evidence }}
            else verdicts.evidence
        end as evidence
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    where verdicts.evidence is not null

),

decided as (

    select
        node_a,
        node_b,
        case decision
            when 'include' then {{ word_evidence }}
            else -{{ word_evidence }}
        end as evidence
    from {{ ref('int_identity__overrides') }}

),

-- Where not all can join, the kind of the lower priority number does.
issued as (

    select
        edges.node_a,
        edges.node_b,
        {{ exact_evidence }} - coalesce(limits.priority, other.priority) as evidence
    from {{ ref('int_identity__edges') }} as edges
    left join {{ ref('identifier_limits') }} as limits
        on edges.rule_code = limits.identifier_type
    left join {{ ref('identifier_limits') }} as other
        on other.identifier_type is null
    where edges.is_exact and edges.rule_code <> 'include'

),

judged as (

    select * from compared
    union all
    select * from decided
    union all
    select * from issued

),

within as (

    select
        judged.*,
        components.label
    from judged
    inner join components on judged.node_a = components.node
    inner join components as others
        on judged.node_b = others.node and components.label = others.label

),

contested as (

    select label
    from within
    where evidence < 0
    union
    select label
    from {{ ref('int_identity__crowded_values') }}

),

final as (

    select
        within.node_a,
        within.node_b,
        within.evidence
    from within
    inner join contested on within.label = contested.label

)

select * from final
