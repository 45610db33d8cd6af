{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set run = segmentation.open_run_row() %}
{%- set is_continued = run and run.is_continued %}

with touched as (

    select signatures.customer_id
    from {{ ref('int_identity__signatures') }} as signatures
    where signatures.changed_in_run = {{ run.number if is_continued else 0 }}
    union
    select map.customer_id
    from {{ ref('int_input__touched_records') }} as records
    inner join {{ ref('identity__customer_map') }} as map
        on
            records.source_system = map.source_system
            and records.source_customer_id = map.source_customer_id

)

select * from touched
