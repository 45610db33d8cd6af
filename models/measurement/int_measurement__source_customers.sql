{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set aspects = segmentation.layer_aspects() | selectattr('rows', 'defined') | list %}

with current_customers as (

    select customer_id
    from {{ ref('features__customers') }}
    where as_of_date = {{ segmentation.as_of_date() }}

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
