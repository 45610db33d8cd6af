{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

select
    currency_code,
    rate,
    valid_from,
    lead(valid_from) over (
        partition by currency_code
        order by valid_from asc
    ) as valid_to
from {{ ref('currency_rates') }}
where
    dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
    and reporting_currency = '{{ segmentation.setting("currency") }}'
