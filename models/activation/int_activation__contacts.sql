{{ config(schema=segmentation.segmentation_schema('restricted')) }}

with arms as (

    select
        customer_id,
        channel,
        experiment_code,
        arm
    from {{ ref('activation__experiment_arms') }}
    where is_running

),

-- Two customers who turn out to be one may be in two experiments: then in neither.
drawn as (

    select
        customer_id,
        channel,
        min(experiment_code) as experiment_code,
        min(arm) as arm
    from arms
    group by customer_id, channel
    having count(*) = 1

),

holdouts as (

    select distinct
        customer_id,
        channel
    from arms
    where arm = '{{ segmentation.holdout_arm() }}'

),

-- What is sent to an identifier reaches all who share it.
held_out as (

    select
        customer_id,
        channel
    from holdouts
    union distinct
    select
        sharers.customer_id,
        sharers.channel
    from holdouts
    inner join {{ ref('int_contact__candidates') }} as candidates
        on
            holdouts.customer_id = candidates.customer_id
            and holdouts.channel = candidates.channel
    inner join {{ ref('int_contact__candidates') }} as sharers
        on
            candidates.identifier_hash = sharers.identifier_hash
            and candidates.channel = sharers.channel

),

final as (

    select
        reachability.customer_id,
        reachability.channel,
        reachability.identifier_hash,
        reachability.consent_references,
        drawn.experiment_code,
        drawn.arm,
        held_out.customer_id is not null as is_held_out
    from {{ ref('contact__reachability') }} as reachability
    left join drawn
        on
            reachability.customer_id = drawn.customer_id
            and reachability.channel = drawn.channel
    left join held_out
        on
            reachability.customer_id = held_out.customer_id
            and reachability.channel = held_out.channel
    where reachability.is_reachable

)

select * from final
