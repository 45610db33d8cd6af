{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{#-
    Two tests at 5%, that the total moved one way and the segments the other, are one
    test at 5% that both did (Berger and Hsu 1996).
-#}
{%- set z = segmentation.one_sided_quantile() %}
{%- set least = var('segmentation_segment_size').least_customers %}

with shifts as (

    select
        shifts.*,
        rate - previous_rate as change,
        least(people_count, previous_people_count) >= {{ least }} as is_large,
        case
            when change_lower > 0 then 1
            when change_upper < 0 then -1
            else 0
        end as shown_sign
    from {{ ref('int_measurement__campaign_shifts') }} as shifts

),

summed as (

    select
        campaign_id,
        previous_campaign_id,
        segment_set,
        measure,
        sum(people_count) as people_count,
        sum(previous_people_count) as previous_people_count,
        sum(event_count) as event_count,
        sum(previous_event_count) as previous_event_count,
        sum(mix_effect) as mix_effect,
        sum(rate_effect) as rate_effect,
        sum(rate_effect) - sqrt(sum(rate_effect_below)) as rate_effect_lower,
        sum(rate_effect) + sqrt(sum(rate_effect_above)) as rate_effect_upper,
        sum(case when is_large then 1 else 0 end) as large_count,
        sum(case when is_large and change > 0 then 1 else 0 end) as rising_count,
        sum(case when is_large and change < 0 then 1 else 0 end) as falling_count,
        sum(case when shown_sign > 0 then 1 else 0 end) as shown_rising_count,
        sum(case when shown_sign < 0 then 1 else 0 end) as shown_falling_count
    from shifts
    group by campaign_id, previous_campaign_id, segment_set, measure

),

bounded as (

    select
        summed.*,
        {% for side in ['', 'previous_'] %}
        cast({{ side }}event_count as double precision) / {{ side }}people_count
            as {{ side }}rate,
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.wilson_bound(
            side ~ 'event_count', side ~ 'people_count', sign, z
        ) }} as {{ side }}{{ end }},
        {% endfor %}
        {% endfor %}
        {{ segmentation.shared_step(
            '1e0', 'least(people_count, previous_people_count)', -6
        ) }} as step
    from summed

),

judged as (

    select
        bounded.*,
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.difference_bound(
            ['rate', 'lower', 'upper'],
            ['previous_rate', 'previous_lower', 'previous_upper'],
            sign
        ) }} as change_{{ end }},
        {% endfor %}
        reached.people_count as reached_count
    from bounded
    inner join {{ ref('int_measurement__campaign_segments') }} as reached
        on
            bounded.campaign_id = reached.campaign_id
            and reached.segment_set = 'all'

),

signed as (

    select
        judged.*,
        case when change_lower > 0 then 1 when change_upper < 0 then -1 else 0 end
            as total_sign,
        case
            when rate_effect_lower > 0 then 1
            when rate_effect_upper < 0 then -1
            else 0
        end as segment_sign
    from judged

),

verdicts as (

    select
        signed.*,
        case
            when
                total_sign * segment_sign < 0
                and case
                    when total_sign > 0 then shown_rising_count
                    else shown_falling_count
                end = 0
                then 'reversal'
            when total_sign * segment_sign < 0 then 'opposed'
            when total_sign * segment_sign > 0 then 'behaviour'
            when total_sign * mix_effect > total_sign * rate_effect then 'mix'
            when total_sign <> 0 then 'unclear'
            when segment_sign <> 0 then 'hidden'
            else 'not_shown'
        end as verdict
    from signed

),

final as (

    select
        cast(campaign_id as {{ text }}) as campaign_id,
        cast(segment_set as {{ text }}) as segment_set,
        cast(measure as {{ text }}) as measure,
        cast(previous_campaign_id as {{ text }}) as previous_campaign_id,
        cast(verdict as {{ text }}) as verdict,
        cast({{ segmentation.shared_count('people_count') }} as bigint) as people_count,
        cast({{ segmentation.shared_count('previous_people_count') }} as bigint)
            as previous_people_count,
        cast({{ segmentation.shared_count('reached_count') }} as bigint)
            as reached_count,
        cast(large_count as bigint) as large_segment_count,
        cast(rising_count as bigint) as rising_segment_count,
        cast(falling_count as bigint) as falling_segment_count,
        cast(shown_rising_count as bigint) as shown_rising_segment_count,
        cast(shown_falling_count as bigint) as shown_falling_segment_count,
        {% for name in ['rate', 'previous_rate'] %}
        {{ segmentation.in_steps(name, 'step', '0.5') }} as {{ name }},
        {% endfor %}
        {{ segmentation.round_score(
            segmentation.in_steps('mix_effect', 'step', '0.5') ~ ' + '
            ~ segmentation.in_steps('rate_effect', 'step', '0.5')
        ) }} as change,
        {{ segmentation.in_steps('change_lower', 'step', '0') }} as change_lower,
        {{ segmentation.in_steps('change_upper', 'step', '1') }} as change_upper,
        {{ segmentation.in_steps('mix_effect', 'step', '0.5') }} as mix_effect,
        {{ segmentation.in_steps('rate_effect', 'step', '0.5') }} as rate_effect,
        {{ segmentation.in_steps('rate_effect_lower', 'step', '0') }}
            as rate_effect_lower,
        {{ segmentation.in_steps('rate_effect_upper', 'step', '1') }}
            as rate_effect_upper,
        verdict = 'reversal' as is_reversal
    from verdicts
    where
        -- Neither who did it nor who did not may be a few.
        least(event_count, people_count - event_count)
        >= {{ segmentation.smallest_cell() }}
        and least(previous_event_count, previous_people_count - previous_event_count)
        >= {{ segmentation.smallest_cell() }}

)

select * from final
