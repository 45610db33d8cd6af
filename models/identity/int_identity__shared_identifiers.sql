{{ config(schema=segmentation.segmentation_schema('identity')) }}

{%- set most_names = 40 %}
{#- A kind is shared when this share of its values is, and at least so many. #}
{%- set kind_share = 3 %}
{%- set kind_count = 3 %}

with held as (

    {% for identifier_type, kind in segmentation.identifier_kinds().items() %}
    select
        '{{ identifier_type }}' as identifier_type,
        {{ identifier_type }} as identifier_key,
        {{ kind }} as kind,
        email,
        first_name,
        given_name,
        family_name,
        name_forms,
        count(*) as record_count
    from {{ ref('int_identity__compared_records') }}
    where {{ identifier_type }} is not null
    group by
        {{ identifier_type }}, email, first_name, given_name, family_name, name_forms
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

name_counts as (

    select
        identifier_type,
        identifier_key,
        count(distinct given_name) as name_count,
        sum(record_count) as named_count
    from held
    where given_name is not null
    group by identifier_type, identifier_key

),

names as (

    select
        held.*,
        name_counts.name_count,
        name_counts.named_count
    from held
    inner join name_counts
        on
            held.identifier_type = name_counts.identifier_type
            and held.identifier_key = name_counts.identifier_key
    where held.given_name is not null

),

-- Many different names need no comparison in pairs.
several as (

    select distinct
        one.identifier_type,
        one.identifier_key
    from names as one
    inner join names as two
        on
            one.identifier_type = two.identifier_type
            and one.identifier_key = two.identifier_key
            and one.given_name < two.given_name
    where
        one.name_count <= {{ most_names }}
        and {{ segmentation.first_name_level() }} = 0
    union
    select distinct
        identifier_type,
        identifier_key
    from names
    where name_count > {{ most_names }}

),

telling as (

    select distinct
        identifier_type,
        identifier_key,
        kind
    from names
    where named_count > 1

),

-- Who has the inbox thomas@ may be known as Tom: a first name is nobody else's.
kinds as (

    select
        telling.identifier_type,
        telling.kind
    from telling
    left join several
        on
            telling.identifier_type = several.identifier_type
            and telling.identifier_key = several.identifier_key
    left join {{ ref('int_identity__compared_records') }} as people
        on
            telling.identifier_type = 'email'
            and {{ segmentation.fold_text('telling.kind') }} = people.first_name
    where people.first_name is null
    group by telling.identifier_type, telling.kind
    having
        count(several.identifier_key) >= {{ kind_count }}
        and count(several.identifier_key) * {{ kind_share }} >= count(*)

),

judged as (

    select distinct
        held.identifier_type,
        held.identifier_key,
        several.identifier_key is not null as has_several_names,
        kinds.kind is not null as is_of_shared_kind
    from held
    left join several
        on
            held.identifier_type = several.identifier_type
            and held.identifier_key = several.identifier_key
    left join kinds
        on held.identifier_type = kinds.identifier_type and held.kind = kinds.kind

),

final as (

    select
        identifier_type,
        identifier_key,
        case when is_of_shared_kind then 2 else 1 end as sharing
    from judged
    where has_several_names or is_of_shared_kind

)

select * from final
