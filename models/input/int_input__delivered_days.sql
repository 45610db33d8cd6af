{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'state_key': ['entity', 'source_system', 'loaded_date']}
) }}

{#- One scan per entity; what checks ask of it are sums over these few rows. A build
    that goes on counts anew the days of loading of which it touched a row. -#}
{%- set run = segmentation.run_to_continue() -%}
{% for entity in segmentation.entity_names() %}
{%- set relation = ref('int_input__' ~ entity) %}
{%- set contract = segmentation.entity_contract(entity) if execute else none %}
{%- set in_use = segmentation.row_in_use(contract) %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    source_system,
    {{ segmentation.loaded_date() }} as loaded_date,
    row_outcome,
    {{ dbt.split_part('row_problem', "':'", 1) }} as problem_column,
    {{ dbt.split_part('row_problem', "':'", 2) }} as problem_reason,
    coalesce({{ in_use }}, false) as is_in_use,
    coalesce({{ segmentation.row_is_dated(contract) }}, false) as is_dated,
    case when {{ in_use }} then {{ segmentation.row_day(contract) }} end as event_date,
    cast(count(*) as bigint) as row_count
from {{ relation }}
{{ segmentation.only_touched_days(relation, contract, run) }}
group by
    source_system, loaded_date, row_outcome, problem_column, problem_reason, is_in_use,
    is_dated, event_date
{% if not loop.last %}union all{% endif %}
{% endfor %}
