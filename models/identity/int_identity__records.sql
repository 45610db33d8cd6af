{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- An anonymous visitor leaves events only; any other entity knows its customer. -#}
{%- set seen_in = [
    ('customer_records', 'created_at', true),
    ('customer_attributes', 'observed_at', true),
    ('identifiers', 'observed_at', true),
    ('orders', 'ordered_at', true),
    ('order_changes', 'changed_at', true),
    ('messages', 'occurred_at', true),
    ('support_tickets', 'opened_at', true),
    ('survey_responses', 'responded_at', true),
    ('question_prompts', 'occurred_at', true),
    ('consents', 'changed_at', true),
    ('campaign_exposures', 'assigned_at', true),
    ('campaign_responses', 'responded_at', true),
    ('events', 'occurred_at', false),
    ('social_interactions', 'occurred_at', false),
] -%}

with sightings as (

    {% for entity, event_time, is_identified in seen_in %}
    select
        source_system,
        source_customer_id,
        min({{ event_time }}) as first_event_at,
        min(loaded_at) as first_loaded_at,
        {{ 1 if is_identified else 0 }} as identified
    from {{ ref('input__' ~ entity) }}
    {%- if entity == 'identifiers' %}
    where identifier_type not in ('device', 'cookie')
    {%- endif %}
    group by source_system, source_customer_id
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

records as (

    select
        source_system,
        source_customer_id,
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
        row_number() over (order by source_system, source_customer_id) as record_number,
        is_identified,
        first_seen_at
    from records

)

select * from final
