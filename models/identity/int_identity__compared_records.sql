{{ config(schema=segmentation.segmentation_schema('identity')) }}

with records as (

    select
        folded.*,
        {{ segmentation.fold_text(segmentation.inbox_word(1)) }} as first_word,
        {{ segmentation.fold_text(segmentation.inbox_word(2)) }} as second_word
    from {{ ref('int_identity__folded_records') }} as folded

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
        records.*,
        coalesce(records.first_name, first_names.known_name) as given_name,
        case
            when records.last_name is not null then records.last_name
            when first_names.known_name is not null then last_names.known_name
        end as family_name
    from records
    left join first_names on records.first_word = first_names.known_name
    left join last_names on records.second_word = last_names.known_name

),

counted as (

    select
        named.*,
        count(*) over (partition by given_name)
        * count(*) over (partition by family_name) as chance_count,
        count(*) over () as record_count
    from named

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

final as (

    select
        counted.record_number,
        counted.first_name,
        counted.last_name,
        counted.birth_date,
        counted.gender,
        counted.street,
        counted.city,
        counted.postal_code,
        counted.email,
        counted.phone,
        counted.national_id,
        split_part(counted.email, '@', 1) as inbox,
        counted.given_name,
        counted.family_name,
        '|' || coalesce(forms.full_names || '|', '') || counted.given_name || '|'
            as name_forms,
        -- If given and family names are drawn apart, so many have both by chance.
        case
            when counted.given_name is null or counted.family_name is null then null
            when counted.chance_count * 4 < counted.record_count then 0
            when counted.chance_count < counted.record_count then 1
            when counted.chance_count < 4 * counted.record_count then 2
            else 3
        end as name_frequency
    from counted
    left join forms on counted.given_name = forms.short_form

)

select * from final
