{{ config(schema=segmentation.segmentation_schema('internal')) }}

with exact_edges as (

    select
        node_a,
        node_b
    from {{ ref('int_identity__known_exact_edges') }}
    where {{ segmentation.changed_now() }}

),

numbers as (

    select record_number
    from {{ ref('int_identity__touched_records') }}
    union distinct
    select record_number
    from {{ ref('int_identity__recompared_records') }}
    union distinct
    select node_a as record_number
    from exact_edges
    union distinct
    select node_b as record_number
    from exact_edges

),

aliases as (

    select
        own_customer_id,
        customer_id
    from {{ ref('int_identity__known_aliases') }}
    where {{ segmentation.changed_now() }}

),

touched as (

    select map.customer_id
    from numbers
    inner join {{ ref('int_identity__records') }} as records
        on numbers.record_number = records.record_number
    inner join {{ ref('identity__customer_map') }} as map
        on records.own_customer_id = map.own_customer_id
    union distinct
    select customer_id
    from aliases
    union distinct
    select own_customer_id as customer_id
    from aliases
    union distinct
    -- A record that is gone may have been a customer of its own.
    select own_customer_id as customer_id
    from {{ ref('int_identity__touched_records') }}

)

select * from touched
