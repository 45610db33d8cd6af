{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- An exact identifier names its holder: as much evidence as odds of 99 to 1, in
    thousandths of a bit. #}
{%- set exact_evidence = 6629 %}

with components as (

    select * from {{ ref('int_identity__components') }}

),

edges as (

    select * from {{ ref('int_identity__edges') }}

),

compared as (

    select
        candidates.node_a,
        candidates.node_b,
        components.label,
        verdicts.evidence
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join components on candidates.node_a = components.node
    inner join components as others
        on candidates.node_b = others.node and components.label = others.label
    inner join {{ ref('int_identity__pattern_verdicts') }} as verdicts
        on candidates.pattern_code = verdicts.pattern_code
    where verdicts.evidence is not null

),

contested as (

    select label
    from compared
    group by label
    having min(evidence) < 0

),

final as (

    select
        compared.node_a,
        compared.node_b,
        compared.evidence
    from compared
    inner join contested on compared.label = contested.label
    union all
    select
        edges.node_a,
        edges.node_b,
        {{ exact_evidence }} as evidence
    from edges
    inner join components on edges.node_a = components.node
    inner join contested on components.label = contested.label
    where edges.is_exact

)

select * from final
