{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

select
    customer_id,
    {% for name in segmentation.cluster_inputs('psychographic') %}
    cast({{ name }} as double precision) as {{ name }},
    {% endfor %}
    as_of_date
from {{ ref('features__psychographics') }}
-- Who does not answer keeps a code of their own.
where response_status = 'answered'
