{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- An exact identifier names its holder: as much evidence as odds of 99 to 1, in
    thousandths of a bit. #}
{%- set exact_evidence = 6629 %}
{%- set rule_evidence = 2000 %}

with components as (

    select * from {{ ref('int_identity__components') }}

),

edges as (

    select * from {{ ref('int_identity__edges') }}

),

has_weights as (

    select count(*) > 0 as has_weights
    from {{ ref('identity_weights') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

compared as (

    select
        candidates.node_a,
        candidates.node_b,
        components.label,
        case
            when has_weights.has_weights then weights.evidence
            when rules.rule_code is not null then {{ rule_evidence }}
            -- Without weights only another first name speaks against a pair.
            when candidates.first_name = 0 then -{{ exact_evidence }}
        end as evidence
    from {{ ref('int_identity__candidate_pairs') }} as candidates
    inner join components on candidates.node_a = components.node
    inner join components as others
        on candidates.node_b = others.node and components.label = others.label
    cross join has_weights
    left join {{ ref('int_identity__pattern_weights') }} as weights
        on candidates.pattern_code = weights.pattern_code
    left join {{ ref('int_identity__pattern_rules') }} as rules
        on candidates.pattern_code = rules.pattern_code

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
    where compared.evidence is not null
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
