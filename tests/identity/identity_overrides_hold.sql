{{ config(meta={'explains': true}) }}

{#- Includes and excludes that contradict each other cannot all hold. -#}
-- Both sides from the few overrides on, never all records.
with sides as (

    select
        overrides.decision,
        overrides.reason,
        one_map.source_system || '/' || one_map.source_customer_id as record_name_one,
        two_map.source_system || '/' || two_map.source_customer_id as record_name_two,
        one_map.customer_id as customer_one,
        two_map.customer_id as customer_two
    from {{ ref('int_identity__overrides') }} as overrides
    inner join {{ ref('int_identity__records') }} as one
        on overrides.node_a = one.record_number
    inner join {{ ref('identity__customer_map') }} as one_map
        on
            one.source_system = one_map.source_system
            and one.source_customer_id = one_map.source_customer_id
    inner join {{ ref('int_identity__records') }} as two
        on overrides.node_b = two.record_number
    inner join {{ ref('identity__customer_map') }} as two_map
        on
            two.source_system = two_map.source_system
            and two.source_customer_id = two_map.source_customer_id

),

final as (

    select
        'identity_overrides, ' || decision || ' ' || record_name_one
        || ' and ' || record_name_two || ' (' || reason || '): they are '
        || case
            when customer_one = customer_two
                then 'one customer because other rows include them, perhaps through '
                    || 'a third record'
            else 'two customers because another row excludes them or a record included '
                || 'with them'
        end
        || '. Take out the rows that are wrong.' as message
    from sides
    where
        (decision = 'exclude' and customer_one = customer_two)
        or (decision = 'include' and customer_one <> customer_two)

)

select * from final
