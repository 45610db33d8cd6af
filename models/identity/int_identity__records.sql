{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- Events, cookie banners and open surveys alone do not say who somebody is. -#}
{%- set identifies -%}
    max(case when lower(identifier_type) in (
        'device', 'cookie', 'anonymous_id', 'ip', 'click_id'
    ) then 0 else 1 end)
{%- endset -%}
{%- set seen_in = [
    ('customer_records', 'created_at', 1),
    ('customer_attributes', 'observed_at', 1),
    ('identifiers', 'observed_at', identifies),
    ('orders', 'ordered_at', 1),
    ('order_changes', 'changed_at', 1),
    ('messages', 'occurred_at', 1),
    ('support_tickets', 'opened_at', 1),
    ('survey_responses', 'responded_at', 0),
    ('question_prompts', 'occurred_at', 0),
    ('consents', 'changed_at', 0),
    ('campaign_exposures', 'assigned_at', 1),
    ('campaign_responses', 'responded_at', 1),
    ('events', 'occurred_at', 0),
    ('social_interactions', 'occurred_at', 0),
] -%}

with sightings as (

    {% for entity, event_time, is_identified in seen_in %}
    select
        source_system,
        source_customer_id,
        min({{ event_time }}) as first_event_at,
        min(loaded_at) as first_loaded_at,
        {{ is_identified }} as identified
    from {{ ref('input__' ~ entity) }}
    group by source_system, source_customer_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

records as (

    select
        source_system,
        source_customer_id,
        min(first_event_at) as first_event_at,
        -- Only the choice of an anchor falls back on the load, never visibility.
        coalesce(min(first_event_at), min(first_loaded_at)) as first_seen_at,
        max(identified) = 1 as is_identified
    from sightings
    group by source_system, source_customer_id

),

final as (

    select
        source_system,
        source_customer_id,
        {{ segmentation.customer_hash('source_system', 'source_customer_id') }}
            as own_customer_id,
        row_number() over (
            order by
                {{ segmentation.binary_order('source_system') }},
                {{ segmentation.binary_order('source_customer_id') }}
        ) as record_number,
        is_identified,
        first_event_at,
        first_seen_at
    from records

)

select * from final
