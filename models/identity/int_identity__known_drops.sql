{%- set columns = [
    'source_system', 'source_customer_id', 'identifier_type', 'identifier_key'
] %}
{{ segmentation.known_config(columns) }}

with dropped as (

    select
        source_system,
        source_customer_id,
        identifier_type,
        identifier_key
    from {{ ref('identity__dropped_identifiers') }}
    where identifier_key is not null

),

final as (

    {{ segmentation.known_rows('dropped', columns) }}

)

select * from final
