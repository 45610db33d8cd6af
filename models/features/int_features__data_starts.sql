{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set dated = [
    ('orders', 'ordered_at'), ('events', 'occurred_at'), ('messages', 'occurred_at')
] %}

{% for entity, event_time in dated %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    source_system,
    {{ segmentation.local_date('min(' ~ event_time ~ ')') }} as data_starts_at
from {{ ref('input__' ~ entity) }}
group by source_system
{% if not loop.last %}union all{% endif %}
{% endfor %}
