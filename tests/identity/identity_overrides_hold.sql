{{ config(meta={'explains': true}) }}

{#- Includes and excludes that contradict each other cannot all hold. -#}
with records as (

    select
        records.record_number,
        map.source_system || '/' || map.source_customer_id as record_name,
        map.customer_id
    from {{ ref('identity__customer_map') }} as map
    inner join {{ ref('int_identity__records') }} as records
        on
            map.source_system = records.source_system
            and map.source_customer_id = records.source_customer_id

),

final as (

    select
        'identity_overrides, ' || overrides.decision || ' ' || one.record_name
        || ' and ' || two.record_name || ' (' || overrides.reason || '): they are '
        || case
            when one.customer_id = two.customer_id
                then 'one customer because other rows include them, perhaps through '
                    || 'a third record'
            else 'two customers because another row excludes them or a record included '
                || 'with them'
        end
        || '. Take out the rows that are wrong.' as message
    from {{ ref('int_identity__overrides') }} as overrides
    inner join records as one on overrides.node_a = one.record_number
    inner join records as two on overrides.node_b = two.record_number
    where
        (overrides.decision = 'exclude' and one.customer_id = two.customer_id)
        or (overrides.decision = 'include' and one.customer_id <> two.customer_id)

)

select * from final
