{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set by_channel = 'order by ' ~ segmentation.binary_order('reachable.channel') %}

with contacts as (

    select
        records.source_system,
        records.source_customer_id,
        records.account_id,
        map.customer_id
    from {{ ref('int_identity__current_records') }} as records
    inner join {{ ref('identity__customer_map') }} as map
        on
            records.source_system = map.source_system
            and records.source_customer_id = map.source_customer_id

),

account_versions as (

    select
        source_system,
        account_id,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, account_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__accounts') }}
    where updated_at < {{ segmentation.as_of_end() }} or updated_at is null

),

accounts as (

    select * from account_versions
    where version_rank = 1 and not is_deleted

),

people as (

    select
        customer_id,
        is_profiled,
        expected_revenue_365d,
        revenue,
        order_count
    from {{ ref('features__customers') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

-- Who objects to profiling is compared with nobody: they come last.
led as (

    select
        accounts.source_system,
        accounts.account_id,
        people.customer_id,
        case
            when not people.is_profiled then 'not_profiled'
            when people.expected_revenue_365d is not null then 'expected_revenue_365d'
            when people.order_count > 0 then 'revenue'
            else 'no_orders'
        end as segment_basis,
        row_number() over (
            partition by accounts.source_system, accounts.account_id
            order by
                case when people.is_profiled then 0 else 1 end asc,
                coalesce(people.expected_revenue_365d, 0) desc,
                case when people.is_profiled then people.revenue else 0 end desc,
                {{ segmentation.binary_order('people.customer_id') }} asc
        ) as contact_rank
    from accounts
    inner join contacts
        on
            accounts.account_id = contacts.account_id
            and {{ segmentation.is_account_of('contacts', 'accounts') }}
    inner join people on contacts.customer_id = people.customer_id

),

records as (

    select
        'contact' as record_kind,
        source_system,
        source_customer_id as record_id,
        customer_id,
        'own' as segment_basis
    from contacts
    union all
    select
        'account' as record_kind,
        accounts.source_system,
        accounts.account_id as record_id,
        led.customer_id,
        coalesce(led.segment_basis, 'no_contact') as segment_basis
    from accounts
    left join led
        on
            accounts.source_system = led.source_system
            and accounts.account_id = led.account_id
            and led.contact_rank = 1

),

purposes as (

    {{ segmentation.channel_purposes() }}

),

-- A page that is shown or an advertisement is no way to write to somebody.
permissions as (

    select
        reachable.customer_id,
        {{ dbt.listagg('reachable.channel', "', '", by_channel) }} as may_contact_by,
        {{ dbt.listagg(
            "reachable.channel || ': ' || reachable.consent_references", "'; '",
            by_channel
        ) }} as consent_references
    from {{ ref('int_activation__contacts') }} as reachable
    inner join purposes
        on
            reachable.channel = purposes.channel
            and purposes.purpose = 'direct_marketing'
    where not reachable.is_held_out
    group by reachable.customer_id

),

final as (

    select
        records.record_kind || '/' || records.source_system || '/' || records.record_id
            as crm_key,
        cast(records.record_kind as {{ text }}) as record_kind,
        records.source_system,
        records.record_id,
        records.customer_id,
        cast(coalesce(customers.primary_segment, 'otherwise') as {{ text }})
            as segment_code,
        cast(records.segment_basis as {{ text }}) as segment_basis,
        {% for slot in segmentation.content_slots('crm') %}
        content.{{ slot }}_id as {{ slot | replace('crm_', '') }}_id,
        content.{{ slot }} as {{ slot | replace('crm_', '') }},
        {% endfor %}
        cast(permissions.may_contact_by as {{ text }}) as may_contact_by,
        cast(permissions.consent_references as {{ text }}) as consent_references,
        {{ segmentation.as_of_date() }} as as_of_date
    from records
    left join {{ ref('segments__customers') }} as customers
        on records.customer_id = customers.customer_id
    left join {{ ref('int_activation__content') }} as content
        on coalesce(customers.primary_segment, 'otherwise') = content.segment_code
    left join permissions on records.customer_id = permissions.customer_id

)

select * from final
