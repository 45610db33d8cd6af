{{ config(schema=segmentation.segmentation_schema('internal')) }}

with levels as (

    select * from {{ ref('int_identity__pattern_levels') }}

),

weights as (

    select * from {{ ref('identity_weights') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

priors as (

    select
        weight_stranger,
        weight_household
    from weights
    where comparison = 'prior'

),

-- Sums of decimals: the same on every engine, whatever the order.
added as (

    select
        levels.pattern_code,
        sum(coalesce(weights.weight_stranger, 0)) as weight_stranger,
        sum(coalesce(weights.weight_household, 0)) as weight_household
    from levels
    left join weights
        on levels.comparison = weights.comparison and levels.level = weights.level
    group by levels.pattern_code

),

totals as (

    select
        added.pattern_code,
        added.weight_stranger + priors.weight_stranger as weight_stranger,
        added.weight_household + priors.weight_household as weight_household
    from added
    cross join priors

),

final as (

    select
        pattern_code,
        weight_stranger,
        weight_household,
        {{ segmentation.match_probability('weight_stranger', 'weight_household') }}
            as match_probability,
        {{ segmentation.match_evidence('weight_stranger', 'weight_household') }}
            as evidence
    from totals

)

select * from final
