{{ config(
    schema=segmentation.segmentation_schema('internal'),
    post_hook='{{ segmentation.open_batches() }}'
) }}

-- depends_on: {{ ref('int_input__runs') }}, {{ ref('int_input__batches') }}
-- depends_on: {{ ref('int_input__lost_records') }}
{%- set before = segmentation.batches_before() if execute else {} %}
{%- set tables = segmentation.counted_tables() if execute else {} %}

with counted as (

    {% for entity in segmentation.entity_names() -%}
    {%- for source_system in segmentation.entity_sources(entity) -%}
    {{ segmentation.delivered_counts(
        entity, source_system, ref('stg_' ~ source_system ~ '__' ~ entity),
        before.get((entity, source_system)),
        tables.get('stg_' ~ source_system ~ '__' ~ entity)
    ) }}
    union all
    {% endfor -%}
    {%- endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as entity,
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as bigint) as row_count,
        cast(null as bigint) as new_count,
        cast(null as bigint) as last_count,
        cast(null as bigint) as undated_count,
        cast(null as {{ dbt.type_string() }}) as last_order
    where 1 = 0

)

select * from counted
