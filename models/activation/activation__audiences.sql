{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with declared as (

    {{ segmentation.declared_audiences() }}

),

-- Tools hold on to an audience that was synced: its row stays.
synced as (

    select
        audience_code,
        max(audience_kind) as audience_kind
    from {{ ref('activation__released_changes') }}
    group by audience_code

),

sensitive as (

    select
        segment_code as audience_code,
        min(topic) as topic
    from {{ ref('int_segments__sensitive_uses') }}
    where used_by = 'audience'
    group by segment_code

),

counted as (

    select
        audience_code,
        count(*) as person_count
    from {{ ref('int_activation__audience_members') }}
    group by audience_code

),

judged as (

    select
        declared.*,
        coalesce(declared.audience_code, synced.audience_code) as audience_id,
        coalesce(declared.audience_kind, synced.audience_kind) as known_kind,
        coalesce(sensitive.topic, declared.describing_feature) as blocking_reason,
        coalesce(counted.person_count, 0) as person_count,
        case
            when declared.audience_code is null then 'retired'
            when coalesce(sensitive.topic, declared.describing_feature) is not null
                then 'blocked'
            when declared.expires_date < {{ segmentation.as_of_date() }} then 'expired'
            when coalesce(counted.person_count, 0) < declared.size_floor
                then 'too_small'
            else 'active'
        end as status
    from declared
    full outer join synced on declared.audience_code = synced.audience_code
    left join sensitive on declared.audience_code = sensitive.audience_code
    left join counted on declared.audience_code = counted.audience_code

),

final as (

    select
        audience_id,
        -- Platforms and tools see the name: it tells them nothing.
        audience_id as name,
        known_kind as audience_kind,
        cast(status as {{ text }}) as status,
        cast(
            case status
                when 'retired' then 'no longer in segmentation_audiences'
                when 'blocked' then 'its rule rests on ' || blocking_reason
                when 'expired' then 'its last day is over'
                when 'too_small' then 'fewer people than its size_floor'
            end as {{ text }}
        ) as status_reason,
        channel,
        platforms,
        rule_text as description,
        owner,
        experiment_code,
        arm,
        size_floor,
        cast(
            case when status = 'active' then person_count else 0 end
            as {{ dbt.type_bigint() }}
        ) as person_count,
        expires_date
    from judged

)

select * from final
