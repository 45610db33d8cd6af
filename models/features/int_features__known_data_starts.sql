{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'state_key': ['family', 'source_system']}
) }}

{%- set run = segmentation.run_to_continue() %}

with final as (

    {% if run %}
    select
        coalesce(starts.family, known.family) as family,
        coalesce(starts.source_system, known.source_system) as source_system,
        starts.data_starts_at,
        cast({{ run.number }} as bigint) as changed_in_run
    from {{ ref('int_features__data_starts') }} as starts
    full outer join {{ this }} as known
        on
            starts.family = known.family
            and starts.source_system = known.source_system
    where
        coalesce(starts.data_starts_at, cast('9999-12-31' as date))
        <> coalesce(known.data_starts_at, cast('9999-12-31' as date))
    {% else %}
    select
        family,
        source_system,
        data_starts_at,
        cast({{ segmentation.run_number() }} as bigint) as changed_in_run
    from {{ ref('int_features__data_starts') }}
    {% endif %}

)

select * from final
