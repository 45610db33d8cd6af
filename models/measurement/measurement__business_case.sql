{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set metrics = {
    'ordered': 'ordered',
    'revenue': 'revenue_amount',
    'value_to_date': 'value_amount',
} %}
{%- set comparisons = [
    ('segmented', 'none'), ('generic', 'none'), ('segmented', 'generic')
] %}

with treatments as (

    select
        experiment_code,
        arm,
        treatment
    from {{ ref('int_measurement__experiment_designs') }}
    where treatment is not null

),

contrasts as (

    select
        one.treatment as arm_treatment,
        other.treatment as other_treatment,
        estimates.metric,
        cast(estimates.customer_count as double precision) as arm_people,
        cast(estimates.other_customer_count as double precision) as other_people,
        estimates.arm_mean,
        estimates.other_arm_mean as other_mean,
        estimates.adjusted_effect as effect,
        estimates.adjusted_error as error,
        estimates.largest_part
    from {{ ref('int_measurement__experiment_estimates') }} as estimates
    inner join {{ ref('int_measurement__experiment_samples') }} as samples
        on estimates.experiment_code = samples.experiment_code
    inner join treatments as one
        on
            estimates.experiment_code = one.experiment_code
            and estimates.arm = one.arm
    inner join treatments as other
        on
            estimates.experiment_code = other.experiment_code
            and estimates.other_arm = other.arm
    where
        estimates.shown_segment = 'all'
        and estimates.adjusted_error > 0
        and samples.is_complete
        and samples.sample_ratio_p >= {{ segmentation.ratio_alarm() }}

),

-- Whichever of the two the experiment holds the other against.
both_ways as (

    select
        arm_treatment as treatment,
        other_treatment,
        metric,
        arm_people as people,
        other_people,
        arm_mean as mean,
        other_mean,
        effect,
        error,
        largest_part
    from contrasts
    union all
    select
        other_treatment as treatment,
        arm_treatment as other_treatment,
        metric,
        other_people as people,
        arm_people as other_people,
        other_mean as mean,
        arm_mean as other_mean,
        -effect as effect,
        error,
        largest_part
    from contrasts

),

-- What the customers of the arm did more: each experiment counts by its people.
summed as (

    select
        treatment,
        other_treatment,
        metric,
        count(*) as experiment_count,
        sum(people) as people,
        sum(least(people, other_people)) as fewest,
        sum(people * effect) / sum(people) as uplift,
        {{ segmentation.normal_quantile() }}
        * sqrt(sum(people * people * error * error)) / sum(people) as reach,
        sum(people * mean) / sum(people) as mean,
        sum(other_people * other_mean) / sum(other_people) as other_mean,
        max(largest_part) as largest_part
    from both_ways
    group by treatment, other_treatment, metric

),

campaigns as (

    select
        source_system,
        campaign_id,
        case max(targeting) when 'broadcast' then 'generic' else max(targeting) end
            as treatment,
        {{ segmentation.local_date('min(started_at)') }} as started_date
    from {{ ref('input__campaigns') }}
    group by source_system, campaign_id

),

panel_start as (

    select min(as_of_date) as first_date
    from {{ ref('features__as_of_dates') }}

),

-- Whom the company chose for a campaign, where nothing was drawn.
chosen as (

    select
        campaigns.treatment,
        campaigns.source_system,
        campaigns.campaign_id,
        map.customer_id,
        min(
            coalesce(
                {{ segmentation.local_date('exposures.assigned_at') }},
                campaigns.started_date
            )
        ) as first_day
    from {{ ref('input__campaign_exposures') }} as exposures
    inner join campaigns
        on
            exposures.source_system = campaigns.source_system
            and exposures.campaign_id = campaigns.campaign_id
            and campaigns.treatment in ('segmented', 'generic')
    inner join {{ ref('identity__customer_map') }} as map
        on
            exposures.source_system = map.source_system
            and exposures.source_customer_id = map.source_customer_id
    left join {{ ref('int_measurement__experiment_designs') }} as designs
        on
            exposures.source_system || '/' || exposures.campaign_id
            = designs.experiment_code
    where designs.experiment_code is null
    group by
        campaigns.treatment,
        campaigns.source_system,
        campaigns.campaign_id,
        map.customer_id

),

windows as (

    select
        chosen.*,
        {{ segmentation.add_days(
            'chosen.first_day', var('segmentation_response_days') - 1
        ) }} as last_day
    from chosen
    inner join panel_start
        on chosen.first_day > panel_start.first_date

),

bought as (

    select
        windows.treatment,
        windows.source_system,
        windows.campaign_id,
        windows.customer_id,
        max(
            case
                when orders.is_order and orders.order_date <= windows.last_day then 1
                else 0
            end
        ) as ordered,
        sum(
            case
                when orders.order_date <= windows.last_day
                    then coalesce(orders.revenue_amount, 0)
                else 0
            end
        ) as revenue_amount,
        sum(coalesce(orders.revenue_amount, 0)) as value_amount
    from windows
    left join {{ ref('measurement__orders') }} as orders
        on
            windows.customer_id = orders.customer_id
            and windows.first_day <= orders.order_date
    where windows.last_day <= {{ segmentation.as_of_date() }}
    group by
        windows.treatment,
        windows.source_system,
        windows.campaign_id,
        windows.customer_id

),

seen as (

    {% for metric, column in metrics.items() %}
    select
        treatment,
        '{{ metric }}' as metric,
        count(*) as people,
        {{ segmentation.shared_mean(
            'sum(' ~ column ~ ')', 'count(*)', 'max(abs(' ~ column ~ '))'
        ) }} as mean
    from bought
    group by treatment
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

questions as (

    {% for treatment, other in comparisons %}
    {%- set last = loop.last %}
    {%- for metric in metrics %}
    select
        {{ loop.index }} as metric_order,
        '{{ treatment }}' as treatment,
        '{{ other }}' as other_treatment,
        '{{ metric }}' as metric
    {{ '' if last and loop.last else 'union all' }}
    {% endfor %}
    {%- endfor %}

),

joined as (

    select
        questions.treatment,
        questions.other_treatment,
        questions.metric,
        summed.experiment_count,
        summed.people,
        summed.uplift,
        summed.reach,
        summed.mean,
        summed.other_mean,
        seen.mean as seen_mean,
        other_seen.mean as other_seen_mean,
        seen.people as seen_people,
        case
            when summed.fewest >= {{ segmentation.smallest_cell() }}
                then {{ segmentation.shared_step(
                    'summed.largest_part', 'summed.fewest', -4
                ) }}
        end as step
    from questions
    left join summed
        on
            questions.treatment = summed.treatment
            and questions.other_treatment = summed.other_treatment
            and questions.metric = summed.metric
    left join seen
        on
            questions.treatment = seen.treatment
            and questions.metric = seen.metric
    left join seen as other_seen
        on
            questions.other_treatment = other_seen.treatment
            and questions.metric = other_seen.metric

),

shared as (

    select
        joined.*,
        coalesce(
            {{ segmentation.shared_count('people') }},
            {{ segmentation.shared_count('seen_people') }}
        ) as shared_people,
        {% for name, value, part in [
            ('shared_uplift', 'uplift', '0.5'),
            ('shared_low', 'uplift - reach', '0'),
            ('shared_high', 'uplift + reach', '1'),
            ('shared_mean', 'mean', '0.5'),
            ('shared_other_mean', 'other_mean', '0.5'),
        ] %}
        {{ segmentation.in_steps('(' ~ value ~ ')', 'step', part) }} as {{ name }},
        {% endfor %}
        case
            when step is not null then 'randomised'
            when seen_mean is not null or other_seen_mean is not null
                then 'association'
            else 'no_evidence'
        end as evidence
    from joined

),

final as (

    select
        cast(treatment as {{ text }}) as treatment,
        cast(other_treatment as {{ text }}) as other_treatment,
        cast(metric as {{ text }}) as metric,
        cast(evidence as {{ text }}) as evidence,
        cast(
            case when evidence = 'randomised' then experiment_count else 0 end as bigint
        ) as experiment_count,
        cast(shared_people as bigint) as customer_count,
        case evidence when 'randomised' then shared_mean else seen_mean end
            as seen_mean,
        case evidence when 'randomised' then shared_other_mean else other_seen_mean end
            as other_seen_mean,
        shared_uplift as uplift,
        shared_low as uplift_low,
        shared_high as uplift_high,
        {{ segmentation.round_score('shared_uplift * shared_people') }} as total_uplift,
        {{ segmentation.round_score('shared_low * shared_people') }}
            as total_uplift_low,
        {{ segmentation.round_score('shared_high * shared_people') }}
            as total_uplift_high
    from shared

)

select * from final
