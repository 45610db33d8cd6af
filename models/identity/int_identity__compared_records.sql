{{ segmentation.state_config(
    'identity', touched='int_identity__touched_records', state_key=['record_number'],
    is_wider=true
) }}

{%- set run = segmentation.run_to_continue() %}
{%- set given = [
    'first_name', 'last_name', 'birth_date', 'gender', 'street', 'city', 'postal_code',
    'email', 'phone', 'national_id',
] %}
{%- set derived = ['given_name', 'family_name', 'name_frequency'] %}

with records as (

    select * from {{ ref('int_identity__folded_records') }}

),

first_names as (

    select distinct first_name as known_name from records

),

last_names as (

    select distinct last_name as known_name from records

),

-- anna.berg@ is somebody called Anna Berg, as soon as others have these names.
named as (

    select
        records.record_number,
        coalesce(records.first_name, first_names.known_name) as given_name,
        case
            when records.last_name is not null then records.last_name
            when first_names.known_name is not null then last_names.known_name
        end as family_name
    from records
    left join first_names on records.first_word = first_names.known_name
    left join last_names on records.second_word = last_names.known_name

),

given_names as (

    select
        given_name,
        count(*) as name_count
    from named
    group by given_name

),

family_names as (

    select
        family_name,
        count(*) as name_count
    from named
    group by family_name

),

total as (

    select count(*) as record_count from records

),

counted as (

    select
        named.record_number,
        named.given_name,
        named.family_name,
        given_names.name_count * family_names.name_count as chance_count,
        total.record_count
    from named
    cross join total
    left join given_names on named.given_name = given_names.given_name
    left join family_names on named.family_name = family_names.family_name

),

-- Names and their frequency are a matter of all records, and others may change with
-- those that were touched.
frequent as (

    select
        record_number,
        given_name,
        family_name,
        -- If given and family names are drawn apart, so many have both by chance.
        case
            when given_name is null or family_name is null then null
            when chance_count * 4 < record_count then 0
            when chance_count < record_count then 1
            when chance_count < 4 * record_count then 2
            else 3
        end as name_frequency
    from counted

),

renewed as (

    select frequent.*
    from frequent
    {% if run %}
    left join {{ this }} as known
        on frequent.record_number = known.record_number
    left join {{ ref('int_identity__touched_records') }} as touched
        on frequent.record_number = touched.record_number
    where
        touched.record_number is not null
        or {{ segmentation.any_differs(derived, 'frequent', 'known') }}
    {% endif %}

),

spellings as (

    select distinct
        {{ segmentation.fold_text('short_form') }} as short_form,
        {{ segmentation.fold_text('full_name') }} as full_name
    from {{ ref('name_short_forms') }}

),

forms as (

    select
        short_form,
        {{ dbt.listagg(
            'full_name', "'|'", "order by " ~ segmentation.binary_order('full_name')
        ) }} as full_names
    from spellings
    group by short_form

),

compared as (

    select
        renewed.record_number,
        {% for column in given %}
        records.{{ column }},
        {% endfor %}
        split_part(records.email, '@', 1) as inbox,
        renewed.given_name,
        renewed.family_name,
        '|' || coalesce(forms.full_names || '|', '') || renewed.given_name || '|'
            as name_forms,
        renewed.name_frequency
    from renewed
    inner join records on renewed.record_number = records.record_number
    left join forms on renewed.given_name = forms.short_form

),

{% if run %}
judged as (

    select
        compared.*,
        case
            when
                known.record_number is null
                or {{ segmentation.any_differs(given + derived, 'compared', 'known') }}
                then {{ run.number }}
            else known.changed_in_run
        end as changed_in_run
    from compared
    left join {{ this }} as known
        on compared.record_number = known.record_number

),
{% else %}
judged as (

    select
        compared.*,
        cast({{ segmentation.run_number() }} as bigint) as changed_in_run
    from compared

),
{% endif %}

final as (

    select * from judged

)

select * from final
