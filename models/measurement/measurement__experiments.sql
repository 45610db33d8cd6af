{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with declared as (

    {% for experiment in segmentation.experiments() %}
    select
        '{{ experiment.code }}' as experiment_code,
        {{ segmentation.text_literal(experiment.hypothesis) }} as experiment_label,
        '{{ experiment.channel }}' as channel,
        {{ segmentation.text_literal(experiment.owner) }} as owner,
        {{ segmentation.date_literal(experiment.starts_on) }} as starts_on
    union all
    {% endfor %}
    select
        source_system || '/' || campaign_id as experiment_code,
        max(campaign_name) as experiment_label,
        max(channel) as channel,
        cast(null as {{ text }}) as owner,
        cast(null as date) as starts_on
    from {{ ref('input__campaigns') }}
    group by source_system, campaign_id

),

sizes as (

    select
        experiment_code,
        arm,
        count(*) as people,
        sum(past_ordered) as ordering_count
    from {{ ref('int_measurement__experiment_people') }}
    where is_compared
    group by experiment_code, arm
    union all
    select
        experiment_code,
        arm,
        count(*) as people,
        sum(case when has_just_ordered then 1 else 0 end) as ordering_count
    from {{ ref('int_activation__experiment_candidates') }}
    where not is_running
    group by experiment_code, arm

),

arms as (

    select
        designs.experiment_code,
        designs.kind,
        designs.ends_on,
        coalesce(sizes.people, 0) as people,
        coalesce(sizes.ordering_count, 0) as ordering_count,
        row_number() over (
            partition by designs.experiment_code
            order by coalesce(sizes.people, 0) asc, designs.arm_number asc
        ) as size_rank
    from {{ ref('int_measurement__experiment_designs') }} as designs
    left join sizes
        on
            designs.experiment_code = sizes.experiment_code
            and designs.arm = sizes.arm

),

planned as (

    select
        experiment_code,
        max(kind) as kind,
        max(ends_on) as ends_on,
        sum(people) as people,
        {{ segmentation.ratio('sum(ordering_count)', 'sum(people)') }} as order_rate,
        max(case when size_rank = 1 then people end) as fewest,
        max(case when size_rank = 2 then people end) as next_fewest
    from arms
    group by experiment_code

),

joined as (

    select
        planned.*,
        declared.experiment_label,
        declared.channel,
        declared.owner,
        declared.starts_on,
        samples.arm_count,
        samples.compared_count,
        samples.complete_count,
        samples.several_count,
        samples.repeated_count,
        samples.sample_ratio_p,
        samples.first_date,
        samples.last_date,
        case
            when samples.is_complete then 'complete'
            when samples.experiment_code is not null then 'running'
            when declared.starts_on > {{ segmentation.as_of_date() }} then 'planned'
            when planned.ends_on >= {{ segmentation.as_of_date() }} then 'running'
            else 'before_panel'
        end as status
    from planned
    left join declared
        on planned.experiment_code = declared.experiment_code
    left join {{ ref('int_measurement__experiment_samples') }} as samples
        on planned.experiment_code = samples.experiment_code

),

final as (

    select
        cast(experiment_code as {{ text }}) as experiment_code,
        cast(experiment_label as {{ text }}) as experiment_label,
        cast(kind as {{ text }}) as kind,
        cast(channel as {{ text }}) as channel,
        cast(owner as {{ text }}) as owner,
        cast(status as {{ text }}) as status,
        cast({{ segmentation.shared_count('people') }} as bigint) as customer_count,
        cast({{ segmentation.shared_count('complete_count') }} as bigint)
            as complete_count,
        cast({{ segmentation.shared_count('several_count') }} as bigint)
            as several_count,
        cast({{ segmentation.shared_count('repeated_count') }} as bigint)
            as repeated_count,
        sample_ratio_p,
        coalesce(sample_ratio_p < {{ segmentation.ratio_alarm() }}, false)
            as has_ratio_mismatch,
        case
            when fewest >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.in_steps(
                    segmentation.detectable_difference(
                        'order_rate',
                        'cast(fewest as double precision)',
                        'cast(next_fewest as double precision)'
                    ), '1e-3', '1'
                ) }}
        end as detectable_difference,
        starts_on,
        ends_on,
        first_date,
        last_date
    from joined
    where status <> 'before_panel'

)

select * from final
