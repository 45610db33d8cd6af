{{ config(schema=segmentation.segmentation_schema('identity')) }}

with held as (

    select
        source_system,
        source_customer_id,
        identifier_type,
        identifier_key,
        spelling,
        is_stated,
        is_current and block_reason is null as is_usable,
        first_observed_at,
        last_observed_at
    from {{ ref('int_identity__identifiers') }}
    where identifier_key is not null
    union all
    -- A letter needs a street and a town; a household is one address.
    select
        source_system,
        source_customer_id,
        'address' as identifier_type,
        {{ segmentation.spelling_key('address') }} as identifier_key,
        address as spelling,
        true as is_stated,
        true as is_usable,
        coalesce(stated_at, cast('1900-01-01' as timestamp)) as first_observed_at,
        coalesce(stated_at, cast('1900-01-01' as timestamp)) as last_observed_at
    from {{ ref('int_identity__current_records') }}
    where street_address is not null and city is not null

),

final as (

    select
        map.customer_id,
        held.source_system,
        held.source_customer_id,
        held.identifier_type,
        held.identifier_key,
        {{ dbt.hash("held.identifier_type || ':' || held.identifier_key") }}
            as identifier_hash,
        held.spelling,
        held.is_stated,
        held.is_usable,
        held.first_observed_at,
        held.last_observed_at
    from held
    inner join {{ ref('identity__customer_map') }} as map
        on
            held.source_system = map.source_system
            and held.source_customer_id = map.source_customer_id

)

select * from final
