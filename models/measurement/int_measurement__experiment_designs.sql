{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set text = dbt.type_string() %}

with declared as (

    select
        source_system,
        campaign_id,
        arm,
        treatment,
        planned_share,
        is_control
    from {{ ref('experiment_designs') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

campaigns as (

    select distinct
        source_system,
        campaign_id
    from {{ ref('input__campaign_exposures') }}
    where arm is not null

),

own_rows as (

    select
        campaigns.source_system,
        campaigns.campaign_id,
        count(declared.arm) as own_count
    from campaigns
    left join declared
        on
            campaigns.source_system = declared.source_system
            and campaigns.campaign_id = declared.campaign_id
    group by campaigns.source_system, campaigns.campaign_id

),

arms as (

    {% for experiment in segmentation.experiments() %}
    {%- for arm in experiment.arms %}
    {%- set is_control = arm.code == segmentation.holdout_arm() %}
    select
        '{{ experiment.code }}' as experiment_code,
        '{{ arm.code }}' as arm,
        '{{ experiment.kind }}' as kind,
        {{ segmentation.text_literal(
            'none' if is_control
            else arm.code if arm.code in ('segmented', 'generic') else none
        ) }} as treatment,
        cast({{ arm.share }} as double precision) as planned_share,
        {{ is_control }} as is_control,
        {{ segmentation.date_literal(experiment.ends_on) }} as ends_on
    union all
    {% endfor %}
    {%- endfor %}
    select
        own_rows.source_system || '/' || own_rows.campaign_id as experiment_code,
        declared.arm,
        'message' as kind,
        declared.treatment,
        cast(declared.planned_share as double precision) as planned_share,
        declared.is_control,
        cast(null as date) as ends_on
    from own_rows
    inner join declared
        on
            own_rows.source_system = declared.source_system
            and (
                own_rows.campaign_id = declared.campaign_id
                or (declared.campaign_id is null and own_rows.own_count = 0)
            )

),

-- Against the control, and of two others the more personal one first.
final as (

    select
        cast(experiment_code as {{ text }}) as experiment_code,
        cast(arm as {{ text }}) as arm,
        cast(kind as {{ text }}) as kind,
        cast(treatment as {{ text }}) as treatment,
        planned_share / sum(planned_share) over (
            partition by experiment_code
        ) as planned_share,
        -- Of 100 parts of the people; a small arm has four, so that it can be halved.
        greatest(
            cast(
                floor(
                    100 * planned_share / sum(planned_share) over (
                        partition by experiment_code
                    ) + 0.5
                ) as bigint
            ),
            4
        ) as cell_count,
        row_number() over (
            partition by experiment_code
            order by
                case when is_control then 1 else 0 end asc,
                case treatment
                    when 'segmented' then 1
                    when 'generic' then 2
                    when 'none' then 4
                    else 3
                end asc,
                {{ segmentation.binary_order('arm') }} asc
        ) as arm_number,
        is_control,
        ends_on
    from arms

)

select * from final
