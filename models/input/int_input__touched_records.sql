{{ config(schema=segmentation.segmentation_schema('internal')) }}

-- depends_on: {{ ref('int_input__runs') }}, {{ ref('int_input__batches') }}
{%- set run = segmentation.open_run_row() %}

with touched as (

    {% for entity in segmentation.entity_names() -%}
    {%- set relation = ref('int_input__' ~ entity) -%}
    {%- set contract = segmentation.entity_contract(entity) if execute else none -%}
    {%- if run and run.is_continued
        and 'source_customer_id' in contract.columns | map(attribute='name') -%}
    select
        source_system,
        source_customer_id
    from {{ relation }}
    where {{ segmentation.is_touched(contract, run) }}
    union
    {% endif -%}
    {%- endfor %}
    {% if run and run.is_continued -%}
    select
        source_system,
        source_customer_id
    from {{ ref('int_input__lost_records') }}
    where run_number = {{ run.number }}
    {%- else -%}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id
    from {{ ref('int_input__lost_records') }}
    where 1 = 0
    {%- endif %}

)

select * from touched
where source_customer_id is not null
