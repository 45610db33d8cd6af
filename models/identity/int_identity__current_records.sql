{{ segmentation.state_config('identity', touched='int_input__touched_records') }}

{%- set run = segmentation.run_to_continue() %}
{%- set parts = segmentation.address_parts() %}

with versions as (

    select
        records.*,
        row_number() over (
            partition by records.source_system, records.source_customer_id
            order by coalesce(records.updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__customer_records') }} as records
    {{ segmentation.only_touched('records', run) }}
    where
        records.created_at < {{ segmentation.as_of_end() }}
        or records.created_at is null

),

trimmed as (

    select
        source_system,
        source_customer_id,
        {% for name in segmentation.survivorship_fields()
            if name not in ('address', 'birth_date') %}
        nullif({{ segmentation.trimmed(name) }}, '') as {{ name }},
        {% endfor %}
        {% for part in parts %}
        nullif({{ segmentation.trimmed(part) }}, '') as {{ part }},
        {% endfor %}
        cast(birth_date as {{ dbt.type_string() }}) as birth_date,
        coalesce(updated_at, created_at) as stated_at
    from versions
    where version_rank = 1 and not coalesce(is_deleted, false)

),

final as (

    select
        *,
        nullif(concat_ws(', ', {{ parts | join(', ') }}), '') as address
    from trimmed

)

select * from final
