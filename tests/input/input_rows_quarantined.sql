{{ config(severity='warn', meta={'explains': true}) }}

select
    entity || ' of source ' || source_system || ': '
    || cast(count(*) as {{ dbt.type_string() }}) || ' rows are quarantined because '
    || column_name || ' is ' || reason
    || coalesce(
        ', for example '
        || {{ segmentation.quoted("nullif(min(delivered_value), '')") }},
        ''
    )
    || '. They are in input__quarantine and in no other table.' as message
from {{ ref('input__quarantine') }}
group by entity, source_system, column_name, reason
