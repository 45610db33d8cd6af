{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set run = segmentation.open_run_row() %}

with touched as (

    {% for entity in segmentation.entity_names() -%}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- set contract = segmentation.entity_contract(entity) if execute else none -%}
    {%- set names = contract.columns | map(attribute='name') | list if execute else [] -%}
    {%- if run and run.is_continued and 'source_customer_id' in names -%}
    select
        source_system,
        source_customer_id
    from {{ relation }}
    where changed_in_run = {{ run.number }}
    union
    -- Delivered before, and seen since the date has moved on.
    {% for time in [contract.event_time, 'updated_at']
        if time in names and run.previous_as_of_date | string < segmentation.as_of_value()
    -%}
    select
        source_system,
        source_customer_id
    from {{ relation }}
    where
        {{ time }} >= {{ segmentation.end_of_day(run.previous_as_of_date | string) }}
        and {{ time }} < {{ segmentation.as_of_end() }}
    union
    {% endfor -%}
    {%- endif -%}
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id
    where 1 = 0

)

select * from touched
where source_customer_id is not null
