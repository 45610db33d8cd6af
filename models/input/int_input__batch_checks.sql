{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set outcomes = ['kept', 'duplicate', 'corrected', 'excluded', 'quarantined'] -%}
{%- set count_of = "sum(case when row_outcome = '%s' then 1 else 0 end)" -%}

{% for entity in segmentation.entity_names() %}
{%- set event_time = segmentation.entity_event_time(entity) %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    source_system,
    cast(count(*) as bigint) as row_count,
    {% for outcome in outcomes %}
    cast({{ count_of | format(outcome) }} as bigint) as {{ outcome }}_count,
    {% endfor %}
    {{ segmentation.local_date('min(' ~ event_time ~ ')') }} as first_event_date,
    {{ segmentation.local_date('max(' ~ event_time ~ ')') }} as last_event_date
from {{ ref('int_input__' ~ entity) }}
group by source_system
{% if not loop.last %}union all{% endif %}
{% endfor %}
