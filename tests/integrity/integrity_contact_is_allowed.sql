{{ config(meta={'explains': true}) }}

{#- Whom exports may contact, against the consents and suppressions themselves. -#}
{%- set text = dbt.type_string() %}
{%- set channel_count = var('segmentation_channels') | length %}

with purposes as (

    {{ segmentation.channel_purposes() }}

),

reachable as (

    select * from {{ ref('contact__reachability') }}
    where is_reachable

),

suppressions as (

    select * from {{ ref('contact__suppressions') }}

),

-- A subject is one column, so that the engine can join by it.
held as (

    select
        customer_id,
        channel,
        'person' as kind,
        customer_id as subject_id
    from reachable
    union all
    select
        customer_id,
        channel,
        'identifier' as kind,
        identifier_hash as subject_id
    from reachable

)

select
    'Customer ' || reachable.customer_id || ' is reachable by ' || reachable.channel
    || ' and no consent to ' || purposes.purpose || ' is in force.' as message
from reachable
inner join purposes on reachable.channel = purposes.channel
left join {{ ref('contact__consents') }} as consents
    on
        reachable.customer_id = consents.customer_id
        and reachable.channel = consents.channel
        and purposes.purpose = consents.purpose
where not coalesce(consents.is_granted, false)
union all
select
    'Customer ' || held.customer_id || ' is reachable by ' || held.channel
    || ' and suppressed: the ' || suppressions.kind || ' has ' || suppressions.reason
    || '.' as message
from held
inner join suppressions
    on
        held.channel = suppressions.channel
        and held.kind = suppressions.kind
        and held.subject_id = suppressions.subject_id
union all
select
    'The suppressed ' || suppressions.identifier_type || ' ' || suppressions.subject_id
    || ' is held by no record.' as message
from suppressions
left join {{ ref('int_contact__identifiers') }} as identifiers
    on suppressions.subject_id = identifiers.identifier_hash
where suppressions.kind = 'identifier' and identifiers.identifier_hash is null
union all
select
    'Customer ' || customers.customer_id || ' has '
    || cast(count(reachability.channel) as {{ text }}) || ' of {{ channel_count }} '
    || 'channels in contact__reachability.' as message
from {{ ref('features__customers') }} as customers
inner join {{ ref('features__as_of_dates') }} as dates
    on customers.as_of_date = dates.as_of_date
left join {{ ref('contact__reachability') }} as reachability
    on customers.customer_id = reachability.customer_id
where dates.is_current
group by customers.customer_id
having count(reachability.channel) <> {{ channel_count }}
