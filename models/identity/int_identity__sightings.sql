{{ segmentation.state_config('internal', touched='int_input__touched_records') }}

{%- set run = segmentation.run_to_continue() %}

{#- Events, cookie banners and open surveys alone do not say who somebody is. -#}
{%- set names_somebody -%}
    lower(identifier_type) not in (
        'device', 'cookie', 'anonymous_id', 'ip', 'click_id'
    )
{%- endset -%}
{%- set seen_in = [
    ('customer_records', 'created_at', 'true'),
    ('customer_attributes', 'observed_at', 'true'),
    ('identifiers', 'observed_at', names_somebody),
    ('orders', 'ordered_at', 'true'),
    ('order_changes', 'changed_at', 'true'),
    ('messages', 'occurred_at', 'true'),
    ('support_tickets', 'opened_at', 'true'),
    ('survey_responses', 'responded_at', 'false'),
    ('question_prompts', 'occurred_at', 'false'),
    ('consents', 'changed_at', 'false'),
    ('campaign_exposures', 'assigned_at', 'true'),
    ('campaign_responses', 'responded_at', 'true'),
    ('events', 'occurred_at', 'false'),
    ('social_interactions', 'occurred_at', 'false'),
] -%}
{#- The rest is refused without a time. -#}
{%- set may_be_undated = {
    'customer_records': 'created_at', 'customer_attributes': 'observed_at',
    'identifiers': 'observed_at', 'campaign_exposures': 'assigned_at',
} -%}

with sightings as (

    {% for entity, event_time, is_identified in seen_in %}
    select
        delivered.source_system,
        delivered.source_customer_id,
        min({{ event_time }}) as first_event_at,
        -- What is undated holds at every date.
        min(
            case
                when {{ is_identified }}
                    then coalesce({{ event_time }}, cast('1900-01-01' as timestamp))
            end
        ) as identified_at
    from {{ ref('input__' ~ entity) }} as delivered
    {{ segmentation.only_touched('delivered', run) }}
    group by delivered.source_system, delivered.source_customer_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

records as (

    select
        source_system,
        source_customer_id,
        min(first_event_at) as first_event_at,
        min(identified_at) as identified_at
    from sightings
    group by source_system, source_customer_id

),

-- Copies and corrected rows too: a row that is delivered again was there before.
loads as (

    {% for entity, event_time in may_be_undated.items() %}
    select
        delivered.source_system,
        delivered.source_customer_id,
        min(loaded_at) as first_loaded_at
    from {{ ref('int_input__' ~ entity) }} as delivered
    {{ segmentation.only_touched('delivered', run) }}
    where
        row_outcome in ('kept', 'duplicate', 'corrected')
        and (
            {{ event_time }} < {{ segmentation.as_of_end() }}
            or {{ event_time }} is null
        )
    group by delivered.source_system, delivered.source_customer_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

first_loads as (

    select
        source_system,
        source_customer_id,
        min(first_loaded_at) as first_loaded_at
    from loads
    group by source_system, source_customer_id

),

final as (

    select
        records.source_system,
        records.source_customer_id,
        records.identified_at,
        records.first_event_at,
        first_loads.first_loaded_at
    from records
    left join first_loads
        on
            records.source_system = first_loads.source_system
            and records.source_customer_id = first_loads.source_customer_id

)

select * from final
