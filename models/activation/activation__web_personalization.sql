{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set slots = segmentation.content_slots('web') %}

with held as (

    select
        customer_id,
        identifier_hash,
        count(*) over (partition by identifier_hash) as holder_count
    from {{ ref('contact__reachability') }}
    where channel = 'web' and identifier_hash is not null

),

-- Who of two people sits at a shared login cannot be told: they are unknown visitors.
visitors as (

    select
        held.identifier_hash as visitor_key,
        customers.primary_segment as segment_code
    from held
    inner join {{ ref('int_activation__contacts') }} as contacts
        on
            held.customer_id = contacts.customer_id
            and contacts.channel = 'web'
            and not contacts.is_held_out
    inner join {{ ref('segments__customers') }} as customers
        on held.customer_id = customers.customer_id
    where held.holder_count = 1
    union all
    select
        'default' as visitor_key,
        'default' as segment_code

),

final as (

    select
        cast(visitors.visitor_key as {{ dbt.type_string() }}) as visitor_key,
        {% for slot in slots %}
        -- The name of a text names its segment.
        substring({{ dbt.hash('content.' ~ slot ~ '_id') }}, 1, 12)
            as {{ slot | replace('web_', '') }}_key,
        content.{{ slot }} as {{ slot | replace('web_', '') }},
        {% endfor %}
        cast(content.neutral_code as {{ dbt.type_string() }}) as segment_key
    from visitors
    inner join {{ ref('int_activation__content') }} as content
        on visitors.segment_code = content.segment_code

)

select * from final
