{{ config(schema=segmentation.segmentation_schema('identity')) }}

{%- set most_names = 40 %}
{#- A kind is shared when this share of its values is, and at least so many. #}
{%- set kind_share = 3 %}
{%- set kind_count = 3 %}

with known_values as (

    {% for identifier_type, kind in segmentation.identifier_kinds().items() %}
    select
        '{{ identifier_type }}' as identifier_type,
        {{ identifier_type }} as identifier_key,
        {{ kind }} as kind,
        count(given_name) as named_count,
        min(given_name) <> max(given_name) as has_other_names
    from {{ ref('int_identity__compared_records') }}
    where {{ identifier_type }} is not null
    group by {{ identifier_type }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

held as (

    {% for identifier_type in segmentation.identifier_kinds() %}
    select distinct
        known_values.identifier_type,
        known_values.identifier_key,
        people.email,
        people.first_name,
        people.given_name,
        people.family_name,
        people.name_forms
    from known_values
    inner join {{ ref('int_identity__compared_records') }} as people
        on
            known_values.identifier_type = '{{ identifier_type }}'
            and known_values.identifier_key = people.{{ identifier_type }}
    where known_values.has_other_names and people.given_name is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

name_counts as (

    select
        identifier_type,
        identifier_key,
        count(distinct given_name) as name_count
    from held
    group by identifier_type, identifier_key

),

names as (

    select
        held.*,
        name_counts.name_count
    from held
    inner join name_counts
        on
            held.identifier_type = name_counts.identifier_type
            and held.identifier_key = name_counts.identifier_key

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
    union distinct
    select distinct
        identifier_type,
        identifier_key
    from names
    where name_count > {{ most_names }}

),

counted as (

    select
        known_values.identifier_type,
        known_values.kind,
        count(*) as value_count,
        count(several.identifier_key) as several_count
    from known_values
    left join several
        on
            known_values.identifier_type = several.identifier_type
            and known_values.identifier_key = several.identifier_key
    where known_values.named_count > 1
    group by known_values.identifier_type, known_values.kind

),

first_names as (

    select distinct first_name from {{ ref('int_identity__compared_records') }}

),

-- Who has the inbox thomas@ may be known as Tom: a first name is nobody else's.
kinds as (

    select
        counted.identifier_type,
        counted.kind
    from counted
    left join first_names
        on
            counted.identifier_type = 'email'
            and {{ segmentation.fold_text('counted.kind') }} = first_names.first_name
    where
        first_names.first_name is null
        and counted.several_count >= {{ kind_count }}
        and counted.several_count * {{ kind_share }} >= counted.value_count

),

judged as (

    select
        known_values.identifier_type,
        known_values.identifier_key,
        several.identifier_key is not null as has_several_names,
        kinds.kind is not null as is_of_shared_kind
    from known_values
    left join several
        on
            known_values.identifier_type = several.identifier_type
            and known_values.identifier_key = several.identifier_key
    left join kinds
        on
            known_values.identifier_type = kinds.identifier_type
            and known_values.kind = kinds.kind

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
