{{ config(meta={'explains': true}) }}

{#- Messages that say which design of the seed to mend. -#}
with designs as (

    select
        source_system || coalesce('/' || campaign_id, '') as design,
        count(*) as arm_count,
        count(distinct arm) as distinct_count,
        sum(planned_share) as share_sum,
        min(planned_share) as smallest_share,
        sum(case when is_control then 1 else 0 end) as control_count,
        count(treatment) as treatment_count,
        count(distinct treatment) as distinct_treatment_count,
        sum(
            case
                when coalesce(treatment, 'none') in ('segmented', 'generic', 'none')
                    then 0
                else 1
            end
        ) as unknown_count
    from {{ ref('experiment_designs') }}
    where dataset = {{ segmentation.text_literal(var('segmentation_dataset')) }}
    group by source_system || coalesce('/' || campaign_id, '')

)

select
    'The seed experiment_designs gives the arms of ' || design || ' shares that sum to '
    || cast(share_sum as {{ dbt.type_string() }})
    || '; every share is above 0 and all sum to 1.' as message
from designs
where share_sum <> 1 or smallest_share <= 0
union all
select
    'The seed experiment_designs names an arm of ' || design || ' twice, or only one; '
    || 'write two or more, each in one row.' as message
from designs
where arm_count < 2 or arm_count <> distinct_count
union all
select
    'The seed experiment_designs has two controls for ' || design
    || '; name one, or none.' as message
from designs
where control_count > 1
union all
select
    'The seed experiment_designs gives ' || design || ' an unknown treatment, or one '
    || 'to two arms; write segmented, generic, none or nothing, each once.' as message
from designs
where unknown_count > 0 or treatment_count <> distinct_treatment_count
