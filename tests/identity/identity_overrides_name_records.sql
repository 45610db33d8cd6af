{{ config(severity='warn', meta={'explains': true}) }}

{#- A warning, as a record may appear later, or be gone. -#}
with sides as (

    select
        source_system,
        source_customer_id,
        reason
    from {{ ref('identity_overrides') }}
    union distinct
    select
        other_source_system as source_system,
        other_source_customer_id as source_customer_id,
        reason
    from {{ ref('identity_overrides') }}

),

final as (

    select
        'identity_overrides (' || sides.reason || '): there is no record '
        || sides.source_system || '/' || sides.source_customer_id
        || ' in identity__customer_map, so the row does nothing. Correct it, or take '
        || 'it out.' as message
    from sides
    left join {{ ref('identity__customer_map') }} as map
        on
            sides.source_system = map.source_system
            and sides.source_customer_id = map.source_customer_id
    where map.source_system is null

)

select * from final
