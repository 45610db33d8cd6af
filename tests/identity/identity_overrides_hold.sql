{{ config(meta={'explains': true}) }}

{#- Includes and excludes that contradict each other cannot all hold. -#}
-- Both sides from the few overrides on, never all records.
with sides as (

    select
        overrides.decision,
        overrides.reason,
        one.source_system || '/' || one.source_customer_id as record_name_one,
        two.source_system || '/' || two.source_customer_id as record_name_two,
        one.customer_id as customer_one,
        two.customer_id as customer_two
    from {{ ref('int_identity__overrides') }} as overrides
    inner join {{ ref('int_identity__record_customers') }} as one
        on overrides.node_a = one.record_number
    inner join {{ ref('int_identity__record_customers') }} as two
        on overrides.node_b = two.record_number

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
