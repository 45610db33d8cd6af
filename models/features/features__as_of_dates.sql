{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

select
    as_of_date,
    is_current,
    {{ segmentation.add_days('as_of_date', 1) }} = cast(
        {{ dbt.date_trunc('month', segmentation.add_days('as_of_date', 1)) }} as date
    ) as is_month_end
from {{ ref('int_features__as_of_dates') }}
where not is_reference
