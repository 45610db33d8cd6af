{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with designs as (

    select *
    from {{ ref('int_measurement__experiment_designs') }}

),

-- Whoever was drawn once: of those drawn twice, more are left in the larger arm.
drawn as (

    select
        experiment_code,
        arm,
        sum(case when is_compared then 1 else 0 end) as compared_count,
        sum(case when is_compared and is_complete then 1 else 0 end) as complete_count,
        sum(case when arm = 'several' then 1 else 0 end) as several_count,
        sum(case when not is_compared and arm <> 'several' then 1 else 0 end)
            as repeated_count,
        min(assigned_date) as first_date,
        max(assigned_date) as last_date,
        max(last_day) as last_day
    from {{ ref('int_measurement__experiment_people') }}
    group by experiment_code, arm

),

experiments as (

    select
        experiment_code,
        sum(several_count) as several_count,
        sum(repeated_count) as repeated_count,
        min(first_date) as first_date,
        max(last_date) as last_date,
        max(last_day) as last_day
    from drawn
    group by experiment_code

),

arms as (

    select
        designs.experiment_code,
        designs.ends_on,
        designs.planned_share,
        coalesce(drawn.compared_count, 0) as compared_count,
        coalesce(drawn.complete_count, 0) as complete_count,
        sum(coalesce(drawn.compared_count, 0)) over (
            partition by designs.experiment_code
        ) as all_count
    from designs
    left join drawn
        on
            designs.experiment_code = drawn.experiment_code
            and designs.arm = drawn.arm

),

tested as (

    select
        experiment_code,
        max(ends_on) as ends_on,
        count(*) as arm_count,
        sum(compared_count) as compared_count,
        sum(complete_count) as complete_count,
        sum(
            (compared_count - all_count * planned_share)
            * (compared_count - all_count * planned_share)
            / nullif(all_count * planned_share, 0)
        ) as chi_square
    from arms
    group by experiment_code

),

final as (

    select
        experiments.experiment_code,
        tested.arm_count,
        tested.compared_count,
        tested.complete_count,
        experiments.several_count,
        experiments.repeated_count,
        {{ segmentation.round_score('tested.chi_square') }} as chi_square,
        {{ segmentation.round_score(
            segmentation.chi_square_tail('tested.chi_square', 'tested.arm_count - 1')
        ) }} as sample_ratio_p,
        tested.complete_count = tested.compared_count
        and coalesce(tested.ends_on <= {{ segmentation.as_of_date() }}, true)
            as is_complete,
        experiments.first_date,
        experiments.last_date
    from experiments
    inner join tested
        on experiments.experiment_code = tested.experiment_code

)

select * from final
