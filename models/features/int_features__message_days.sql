{{ segmentation.state_config('internal', touched='int_input__touched_records') }}

{%- set run = segmentation.run_to_continue() %}

with messages as (

    select
        delivered.source_system,
        delivered.source_customer_id,
        campaign_id,
        channel,
        event_type,
        {{ segmentation.local_time('occurred_at') }} as occurred_local
    from {{ ref('input__messages') }} as delivered
    {{ segmentation.only_touched('delivered', run) }}
    where
        event_type = 'sent'
        or (event_type in ('opened', 'clicked') and not coalesce(is_machine, false))

),

dated as (

    select
        messages.*,
        cast(occurred_local as date) as message_date
    from messages

),

-- Who clicks three links of a message has clicked one message.
reactions as (

    select
        source_system,
        source_customer_id,
        message_date,
        campaign_id,
        channel,
        event_type,
        count(*) as event_count,
        {{ segmentation.hour_of('min(occurred_local)') }} as reaction_hour
    from dated
    group by
        source_system,
        source_customer_id,
        message_date,
        campaign_id,
        channel,
        event_type

),

final as (

    select
        source_system,
        source_customer_id,
        {% for hour in range(24) %}
        cast(
            sum(
                case
                    when event_type <> 'sent' and reaction_hour = {{ hour }} then 1
                    else 0
                end
            ) as smallint
        ) as hour_{{ hour }}_count,
        {% endfor %}
        cast(sum(case when event_type = 'sent' then event_count else 0 end) as integer)
            as sent_count,
        cast(sum(case when event_type = 'opened' then 1 else 0 end) as integer)
            as open_count,
        cast(sum(case when event_type = 'clicked' then 1 else 0 end) as integer)
            as click_count,
        message_date
    from reactions
    group by source_system, source_customer_id, message_date

)

select * from final
