{{ config(
    materialized='view', schema=segmentation.segmentation_schema('internal')
) }}

select distinct contest
from {{ ref('int_identity__known_contests') }}
where changed_in_run = {{ segmentation.run_number() }}
