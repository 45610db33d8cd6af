{{ config(schema=segmentation.segmentation_schema('identity')) }}

{#- A cast to text follows the server's DateStyle. -#}
{%- set day_number -%}
    extract(year from birth_date) * 10000 + extract(month from birth_date) * 100
    + extract(day from birth_date)
{%- endset %}

with versions as (

    select
        source_system,
        source_customer_id,
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
            partition by source_system, source_customer_id
            order by
                case when is_deleted then 1 else 0 end,
                coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__customer_records') }}

),

identifiers as (

    select
        identifiers.source_system,
        {% for identifier_type in ['email', 'phone', 'national_id'] %}
        min(
            case
                when identifiers.identifier_type = '{{ identifier_type }}'
                    then {{ segmentation.binary_order('identifiers.identifier_key') }}
            end
        ) as {{ identifier_type }},
        {% endfor %}
        identifiers.source_customer_id
    from {{ ref('int_identity__identifiers') }} as identifiers
    left join {{ ref('identity__dropped_identifiers') }} as dropped
        on
            identifiers.source_system = dropped.source_system
            and identifiers.source_customer_id = dropped.source_customer_id
            and identifiers.identifier_type = dropped.identifier_type
            and identifiers.identifier_key = dropped.identifier_key
    where identifiers.block_reason is null and dropped.drop_reason is null
    group by identifiers.source_system, identifiers.source_customer_id

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
        identifiers.national_id
    from {{ ref('int_identity__records') }} as records
    left join versions
        on
            records.source_system = versions.source_system
            and records.source_customer_id = versions.source_customer_id
            and versions.version_rank = 1
    left join identifiers
        on
            records.source_system = identifiers.source_system
            and records.source_customer_id = identifiers.source_customer_id
    where
        versions.first_name is not null
        or versions.last_name is not null
        or identifiers.email is not null
        or identifiers.phone is not null
        or identifiers.national_id is not null

)

select * from final
