{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with reachable as (

    select * from {{ ref('int_activation__contacts') }}
    where channel = 'email' and not is_held_out

),

final as (

    select
        reachable.customer_id,
        reachable.identifier_hash,
        customers.primary_segment as segment_code,
        {% for slot in segmentation.content_slots('email') %}
        content.{{ slot }}_id as {{ slot | replace('email_', '') }}_id,
        content.{{ slot }} as {{ slot | replace('email_', '') }},
        {% endfor %}
        hours.send_hour_basis,
        reachable.consent_references,
        reachable.experiment_code,
        reachable.arm,
        hours.send_hour_local,
        customers.as_of_date,
        {{ segmentation.next_local_hour('hours.send_hour_local') }} as next_send_at
    from reachable
    inner join {{ ref('segments__customers') }} as customers
        on reachable.customer_id = customers.customer_id
    left join {{ ref('int_activation__content') }} as content
        on customers.primary_segment = content.segment_code
    left join {{ ref('int_activation__send_hours') }} as hours
        on reachable.customer_id = hours.customer_id

)

select * from final
