{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- In thousandths of a bit. Without weights a rule is some evidence, and another first
    name is more against it. #}
{%- set rule_evidence = 2000 %}
{%- set name_evidence = -6629 %}

with levels as (

    select
        pattern_code,
        min(case when comparison = 'first_name' then level end) as first_name
    from {{ ref('int_identity__pattern_levels') }}
    group by pattern_code

),

threshold as (

    select max(match_probability) as match_probability
    from {{ ref('identity_weights') }}
    where
        dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        and comparison = 'threshold'

),

-- Rules decide only while no weights are published.
final as (

    select
        levels.pattern_code,
        case
            when threshold.match_probability is null then rules.rule_code
            when weights.match_probability >= threshold.match_probability
                then 'probability'
        end as rule_code,
        weights.match_probability,
        case
            when threshold.match_probability is not null then weights.evidence
            when rules.rule_code is not null then {{ rule_evidence }}
            when levels.first_name = 0 then {{ name_evidence }}
        end as evidence
    from levels
    cross join threshold
    left join {{ ref('int_identity__pattern_rules') }} as rules
        on levels.pattern_code = rules.pattern_code
    left join {{ ref('int_identity__pattern_weights') }} as weights
        on levels.pattern_code = weights.pattern_code

)

select * from final
