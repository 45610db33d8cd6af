{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with experiments as (

    {% for experiment in segmentation.experiments() %}
    select
        '{{ experiment.code }}' as experiment_code,
        '{{ experiment.channel }}' as channel,
        {{ segmentation.experiment_runs(experiment, segmentation.as_of_date()) }}
            as is_running
    union all
    {% endfor %}
    select
        cast(null as {{ text }}) as experiment_code,
        cast(null as {{ text }}) as channel,
        false as is_running
    where 1 = 0

),

-- Two customers who turn out to be one may have been drawn into two arms.
resolved as (

    select
        assignments.experiment_code,
        coalesce(aliases.customer_id, assignments.customer_id) as customer_id,
        min(assignments.arm) as first_arm,
        max(assignments.arm) as last_arm,
        count(*) as assignment_count,
        min(assignments.assigned_date) as assigned_date
    from {{ ref('activation__experiment_assignments') }} as assignments
    left join {{ ref('identity__aliases') }} as aliases
        on assignments.customer_id = aliases.alias_customer_id
    group by
        assignments.experiment_code,
        coalesce(aliases.customer_id, assignments.customer_id)

),

final as (

    select
        resolved.experiment_code,
        resolved.customer_id,
        cast(
            case
                when resolved.first_arm = resolved.last_arm then resolved.first_arm
                else 'several'
            end as {{ text }}
        ) as arm,
        cast(experiments.channel as {{ text }}) as channel,
        resolved.assignment_count,
        coalesce(experiments.is_running, false) as is_running,
        resolved.assigned_date
    from resolved
    left join experiments
        on resolved.experiment_code = experiments.experiment_code

)

select * from final
