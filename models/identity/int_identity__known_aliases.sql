{%- set columns = ['own_customer_id', 'customer_id'] %}
{{ segmentation.known_config(columns) }}

with aliases as (

    select
        own_customer_id,
        customer_id
    from {{ ref('identity__customer_map') }}
    where not is_anchor

),

final as (

    {{ segmentation.known_rows('aliases', columns) }}

)

select * from final
