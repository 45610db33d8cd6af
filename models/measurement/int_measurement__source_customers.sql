{{ segmentation.state_config(
    'internal', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}
{%- set aspects = segmentation.layer_aspects() | selectattr('rows', 'defined') | list %}

-- Who is in the panel at the as-of date. Its own table is computed whole every night,
-- and these rows only change with the customer.
with current_customers as (

    select customers.customer_id
    from {{ ref('identity__customers') }} as customers
    {{ segmentation.only_touched('customers', run) }}
    where
        customers.is_identified
        and {{ segmentation.local_date('customers.identified_at') }}
        <= {{ segmentation.as_of_date() }}
        and (
            {{ segmentation.local_date('customers.first_event_at') }}
            <= {{ segmentation.as_of_date() }}
            or customers.first_event_at is null
        )

),

records as (

    select * from {{ ref('int_measurement__source_records') }}

),

final as (

    select
        records.entity,
        records.source_system,
        map.customer_id,
        {% for aspect in aspects %}
        max(records.{{ aspect.name }}) = 1 as has_{{ aspect.name }},
        {% endfor %}
        cast(count(*) as bigint) as record_count
    from records
    inner join {{ ref('identity__customer_map') }} as map
        on
            records.source_system = map.source_system
            and records.source_customer_id = map.source_customer_id
    inner join current_customers
        on map.customer_id = current_customers.customer_id
    group by records.entity, records.source_system, map.customer_id

)

select * from final
