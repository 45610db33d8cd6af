{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- In thousandths of a bit. An exact identifier names its holder: odds of 99 to 1. Odds
    of a thousand to one against are taken for proof, which no chance agreement of other
    records outweighs. A person's exclusion outweighs everything; what a person includes
    is joined afterwards. #}
{%- set exact_evidence = 6629 %}
{%- set proof_against = -9966 %}
{%- set proof_evidence = -1000000 %}
{%- set word_evidence = 1000000000 %}
{#- All pairs of a thousand holders would be half a million. #}
{%- set most_holders = 50 %}

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
    union all
    select
        node_a,
        node_b,
        case decision when 'exclude' then -{{ word_evidence }} else 0 end as evidence
    from {{ ref('int_identity__overrides') }}

),

within as (

    select
        compared.*,
        components.label
    from compared
    inner join components on compared.node_a = components.node
    inner join components as others
        on compared.node_b = others.node and components.label = others.label

),

contested as (

    select label
    from within
    where evidence < 0
    union distinct
    select label
    from {{ ref('int_identity__crowded_values') }}

),

members as (

    select
        components.node,
        components.label
    from components
    inner join contested on components.label = contested.label

),

holders as (

    select
        holders.*,
        count(*) over (
            partition by holders.identifier_type, holders.identifier_key
        ) as holder_count
    from {{ ref('int_identity__holders') }} as holders
    inner join members on holders.record_number = members.node

),

-- Edges are stars, and a star whose centre is another's would leave the rest alone.
shared as (

    select
        one.record_number as node_a,
        two.record_number as node_b,
        one.identifier_type
    from holders as one
    inner join holders as two
        on
            one.identifier_type = two.identifier_type
            and one.identifier_key = two.identifier_key
            and one.record_number < two.record_number
    where one.holder_count <= {{ most_holders }}
    union distinct
    select
        edges.node_a,
        edges.node_b,
        edges.rule_code as identifier_type
    from {{ ref('int_identity__edges') }} as edges
    inner join members on edges.node_a = members.node
    where edges.is_exact and edges.rule_code <> 'include'

),

-- Where not all can join, the kind of the lower priority number does.
issued as (

    select
        shared.node_a,
        shared.node_b,
        {{ exact_evidence }} - coalesce(limits.priority, other.priority) as evidence
    from shared
    left join {{ ref('identifier_limits') }} as limits
        on shared.identifier_type = limits.identifier_type
    left join {{ ref('identifier_limits') }} as other
        on other.identifier_type is null

),

final as (

    select
        within.node_a,
        within.node_b,
        within.evidence
    from within
    inner join contested on within.label = contested.label
    union all
    select
        node_a,
        node_b,
        evidence
    from issued

)

select * from final
