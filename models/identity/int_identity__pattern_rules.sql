{{ config(schema=segmentation.segmentation_schema('internal')) }}

with levels as (

    select * from {{ ref('int_identity__pattern_levels') }}

),

rules as (

    select
        identity_rules.*,
        count(*) over (partition by rule_code) as condition_count
    from {{ ref('identity_rules') }} as identity_rules

),

met as (

    select
        levels.pattern_code,
        rules.rule_code,
        rules.priority,
        rules.condition_count,
        count(*) as met_count
    from levels
    inner join rules
        on
            levels.comparison = rules.comparison
            and levels.level >= coalesce(rules.at_least, 0)
            and levels.level <= coalesce(rules.at_most, 9)
    group by
        levels.pattern_code,
        rules.rule_code,
        rules.priority,
        rules.condition_count

),

ranked as (

    select
        pattern_code,
        rule_code,
        row_number() over (
            partition by pattern_code
            order by priority asc, {{ segmentation.binary_order('rule_code') }} asc
        ) as rule_rank
    from met
    where met_count = condition_count

),

final as (

    select
        pattern_code,
        rule_code
    from ranked
    where rule_rank = 1

)

select * from final
