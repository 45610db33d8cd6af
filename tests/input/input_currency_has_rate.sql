{{ config(meta={'explains': true}) }}

select
    entity || ' of source ' || source_system || ': '
    || cast(count(*) as {{ dbt.type_string() }})
    || ' rows are in currency_code ' || {{ segmentation.quoted('delivered_value') }}
    || ', for which currency_rates has no rate into '
    || '{{ segmentation.setting("currency") }} on their day. Add a dated rate to the '
    || 'seed currency_rates, with dataset '
    || {{ segmentation.quoted(
        segmentation.rule_literal(var('segmentation_dataset'))
    ) }} || '.' as message
from {{ ref('input__quarantine') }}
where reason = 'no_rate'
group by entity, source_system, delivered_value
