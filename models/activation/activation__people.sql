{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

with members as (

    select distinct person_id
    from {{ ref('activation__memberships') }}

),

final as (

    select
        members.person_id,
        customers.primary_segment,
        customers.value_tier,
        customers.lifecycle,
        customers.country_code
    from {{ ref('int_activation__customers') }} as customers
    inner join members on customers.customer_id = members.person_id

)

select * from final
