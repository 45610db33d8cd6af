{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{#- Bounds are rounded outwards, so that they hold as often. -#}
{%- set lower, nearest, upper = '0', '0.5', '1' %}

with kinds as (

    select
        experiment_code,
        arm,
        kind,
        is_control
    from {{ ref('int_measurement__experiment_designs') }}

),

joined as (

    select
        estimates.*,
        kinds.kind,
        kinds.is_control,
        samples.sample_ratio_p,
        samples.is_complete,
        samples.first_date,
        samples.last_date,
        heterogeneity.heterogeneity_p,
        heterogeneity.chosen_gap,
        heterogeneity.replicated_gap,
        least(estimates.customer_count, estimates.other_customer_count) as fewest,
        samples.is_complete
        and samples.sample_ratio_p >= {{ segmentation.ratio_alarm() }} as is_judged
    from {{ ref('int_measurement__experiment_estimates') }} as estimates
    inner join {{ ref('int_measurement__experiment_samples') }} as samples
        on estimates.experiment_code = samples.experiment_code
    inner join kinds
        on
            estimates.experiment_code = kinds.experiment_code
            and estimates.other_arm = kinds.arm
    left join {{ ref('int_measurement__experiment_heterogeneity') }} as heterogeneity
        on
            estimates.experiment_code = heterogeneity.experiment_code
            and estimates.arm = heterogeneity.arm
            and estimates.other_arm = heterogeneity.other_arm
            and estimates.metric = heterogeneity.metric
            and estimates.shown_segment = 'all'

),

stepped as (

    select
        joined.*,
        case
            when fewest >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.shared_step('largest_part', 'fewest', -4) }}
        end as step
    from joined

),

judged as (

    select
        stepped.*,
        case
            when sample_ratio_p < {{ segmentation.ratio_alarm() }}
                then 'sample_ratio_mismatch'
            when not is_complete then 'running'
            when adjusted_low is null then 'not_evaluable'
            when is_different then 'difference_seen'
            else 'no_difference_seen'
        end as verdict
    from stepped

),

final as (

    select
        cast(experiment_code as {{ text }}) as experiment_code,
        cast(arm as {{ text }}) as arm,
        cast(other_arm as {{ text }}) as other_arm,
        cast(metric as {{ text }}) as metric,
        cast(shown_segment as {{ text }}) as segment_code,
        cast(kind as {{ text }}) as kind,
        cast(
            case kind
                when 'boundary' then 'customers in the band'
                else 'customers drawn'
            end as {{ text }}
        ) as population,
        cast(verdict as {{ text }}) as verdict,
        cast(
            case
                when kind <> 'boundary' or not is_control or shown_segment <> 'all'
                    then null
                when verdict = 'no_difference_seen' then 'keep'
                when verdict = 'difference_seen' and adjusted_effect > 0 then 'expand'
                when verdict = 'difference_seen' then 'narrow'
            end as {{ text }}
        ) as boundary_advice,
        cast({{ segmentation.shared_count('customer_count') }} as bigint)
            as customer_count,
        cast({{ segmentation.shared_count('other_customer_count') }} as bigint)
            as other_customer_count,
        sample_ratio_p,
        {% for name, part in {
            'arm_mean': nearest, 'other_arm_mean': nearest,
            'effect': nearest, 'effect_low': lower, 'effect_high': upper,
            'adjusted_effect': nearest, 'adjusted_low': lower, 'adjusted_high': upper,
        }.items() %}
        case when is_judged then {{ segmentation.in_steps(name, 'step', part) }} end
            as {{ name }},
        {% endfor %}
        {% for name, part in {
            'sequence_low': lower, 'sequence_high': upper
        }.items() %}
        case
            when sample_ratio_p >= {{ segmentation.ratio_alarm() }}
                then {{ segmentation.in_steps(name, 'step', part) }}
        end as {{ name }},
        {% endfor %}
        {% for name in ['shrunk_effect', 'chosen_gap', 'replicated_gap'] %}
        case when is_judged then {{ segmentation.in_steps(name, 'step', nearest) }} end
            as {{ name }},
        {% endfor %}
        case when is_judged then heterogeneity_p end as heterogeneity_p,
        {{ segmentation.in_steps('correlation', '1e-2', nearest) }} as past_correlation,
        first_date,
        last_date
    from judged

)

select * from final
