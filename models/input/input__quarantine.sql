{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{#- One branch per entity: nothing set aside may be out of sight. -#}
{% for entity in segmentation.entity_names() %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    source_system,
    {{ dbt.split_part('row_problem', "':'", 1) }} as column_name,
    {{ dbt.split_part('row_problem', "':'", 2) }} as reason,
    substring(
        row_problem,
        length({{ dbt.split_part('row_problem', "':'", 1) }})
        + length({{ dbt.split_part('row_problem', "':'", 2) }}) + 3
    ) as delivered_value,
    {{ segmentation.record_key(entity) }} as record_key,
    loaded_at
from {{ ref('int_input__' ~ entity) }}
where row_outcome = 'quarantined'
{% if not loop.last %}union all{% endif %}
{% endfor %}
