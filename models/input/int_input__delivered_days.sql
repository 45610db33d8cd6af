{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'state_key': ['entity', 'source_system', 'loaded_date']}
) }}

{#- One scan per entity; what checks ask of it are sums over these few rows. A build that
    goes on counts the days of loading anew whose rows it touched. -#}
{%- set run = segmentation.run_to_continue() -%}
{%- set loaded_date =
    "coalesce(cast(delivered.loaded_at as date), cast('1900-01-01' as date))" -%}
{% for entity in segmentation.entity_names() %}
{%- set relation = ref('int_input__' ~ entity) %}
{%- set contract = segmentation.entity_contract(entity) if execute else none %}
{%- set in_use = segmentation.row_in_use(contract) %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    delivered.source_system,
    {{ loaded_date }} as loaded_date,
    row_outcome,
    {{ dbt.split_part('row_problem', "':'", 1) }} as problem_column,
    {{ dbt.split_part('row_problem', "':'", 2) }} as problem_reason,
    coalesce({{ in_use }}, false) as is_in_use,
    coalesce({{ segmentation.row_is_dated(contract) }}, false) as is_dated,
    case when {{ in_use }} then {{ segmentation.row_day(contract) }} end as event_date,
    cast(count(*) as bigint) as row_count
from {{ relation }} as delivered
{%- if run %}
inner join (
    select
        delivered.source_system,
        {{ loaded_date }} as touched_date
    from {{ relation }} as delivered
    where {{ segmentation.is_touched('delivered', contract, run) }}
    group by delivered.source_system, touched_date
) as touched
    on
        delivered.source_system = touched.source_system
        and {{ loaded_date }} = touched.touched_date
{%- endif %}
group by
    delivered.source_system, loaded_date, row_outcome, problem_column, problem_reason,
    is_in_use, is_dated, event_date
{% if not loop.last %}union all{% endif %}
{% endfor %}
