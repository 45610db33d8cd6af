{{ segmentation.state_config(
    'identity', touched='int_identity__touched_records', state_key=['record_number']
) }}

{%- set run = segmentation.run_to_continue() %}

{#- A cast to text follows the server's DateStyle. -#}
{%- set day_number -%}
    extract(year from birth_date) * 10000 + extract(month from birth_date) * 100
    + extract(day from birth_date)
{%- endset %}

with records as (

    select records.*
    from {{ ref('int_identity__records') }} as records
    {{ segmentation.only_touched('records', run) }}

),

delivered as (

    select
        records.record_number,
        customer_records.*
    from {{ ref('input__customer_records') }} as customer_records
    inner join records
        on
            customer_records.source_system = records.source_system
            and customer_records.source_customer_id = records.source_customer_id

),

versions as (

    select
        record_number,
        {{ segmentation.fold_text('first_name') }} as first_name,
        {{ segmentation.fold_text('last_name') }} as last_name,
        case
            when birth_date > cast('1900-01-01' as date)
                then cast(cast({{ day_number }} as integer) as {{ dbt.type_string() }})
        end as birth_date,
        lower(gender) as gender,
        -- Street is written out or short: Gartenstraße, Gartenstr.
        replace({{ segmentation.fold_text('street_address') }}, 'strasse', 'str')
            as street,
        {{ segmentation.fold_text('city') }} as city,
        {{ segmentation.fold_text('postal_code') }} as postal_code,
        row_number() over (
            partition by record_number
            order by
                case when is_deleted then 1 else 0 end,
                coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from delivered

),

identifiers as (

    select
        {% for identifier_type in ['email', 'phone', 'national_id'] %}
        min(
            case
                when identifiers.identifier_type = '{{ identifier_type }}'
                    then {{ segmentation.binary_order('identifiers.identifier_key') }}
            end
        ) as {{ identifier_type }},
        {% endfor %}
        records.record_number
    from {{ ref('int_identity__identifiers') }} as identifiers
    inner join records
        on
            identifiers.source_system = records.source_system
            and identifiers.source_customer_id = records.source_customer_id
    left join {{ ref('identity__dropped_identifiers') }} as dropped
        on
            identifiers.source_system = dropped.source_system
            and identifiers.source_customer_id = dropped.source_customer_id
            and identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
    where identifiers.block_reason is null and dropped.drop_reason is null
    group by records.record_number

),

final as (

    select
        records.record_number,
        versions.first_name,
        versions.last_name,
        versions.birth_date,
        versions.gender,
        versions.street,
        versions.city,
        versions.postal_code,
        identifiers.email,
        identifiers.phone,
        identifiers.national_id,
        {{ segmentation.fold_text(segmentation.inbox_word(1)) }} as first_word,
        {{ segmentation.fold_text(segmentation.inbox_word(2)) }} as second_word
    from records
    left join versions
        on records.record_number = versions.record_number and versions.version_rank = 1
    left join identifiers on records.record_number = identifiers.record_number
    where
        versions.first_name is not null
        or versions.last_name is not null
        or identifiers.email is not null
        or identifiers.phone is not null
        or identifiers.national_id is not null

)

select * from final
