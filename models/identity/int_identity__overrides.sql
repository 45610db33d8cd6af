{{ config(schema=segmentation.segmentation_schema('internal')) }}

with numbered as (

    select
        overrides.decision,
        overrides.reason,
        least(one.record_number, two.record_number) as node_a,
        greatest(one.record_number, two.record_number) as node_b
    from {{ ref('identity_overrides') }} as overrides
    inner join {{ ref('int_identity__records') }} as one
        on
            overrides.source_system = one.source_system
            and overrides.source_customer_id = one.source_customer_id
    inner join {{ ref('int_identity__records') }} as two
        on
            overrides.other_source_system = two.source_system
            and overrides.other_source_customer_id = two.source_customer_id

),

final as (

    select
        node_a,
        node_b,
        decision,
        min({{ segmentation.binary_order('reason') }}) as reason
    from numbered
    where node_a <> node_b
    group by node_a, node_b, decision

)

select * from final
