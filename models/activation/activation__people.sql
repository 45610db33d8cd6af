{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with members as (

    select distinct members.customer_id
    from {{ ref('int_activation__audience_members') }} as members
    inner join {{ ref('activation__audiences') }} as audiences
        on
            members.audience_code = audiences.audience_id
            and audiences.status = 'active'

),

final as (

    select
        customers.customer_id as person_id,
        customers.primary_segment,
        customers.value_tier,
        customers.lifecycle,
        customers.country_code
    from {{ ref('int_activation__customers') }} as customers
    inner join members on customers.customer_id = members.customer_id

)

select * from final
