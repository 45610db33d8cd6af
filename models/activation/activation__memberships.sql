{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

select
    {{ dbt.hash("members.audience_code || '/' || members.customer_id") }}
        as membership_id,
    members.customer_id as person_id,
    members.audience_code as audience_id,
    members.consent_references
from {{ ref('int_activation__audience_members') }} as members
inner join {{ ref('activation__audiences') }} as audiences
    on
        members.audience_code = audiences.audience_id
        and audiences.status = 'active'
