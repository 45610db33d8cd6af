{{ config(
    materialized='view',
    schema=segmentation.segmentation_schema('public'),
    contract={'enforced': true},
    meta={
        'touched': 'int_identity__touched_customers', 'touched_key': ['customer_id']
    }
) }}

select
    customer_id,
    attribute_name,
    attribute_group,
    source_system,
    provider,
    licence,
    observed_date,
    expired_date,
    valid_from as valid_from_date,
    replaced_date as valid_until_date
from {{ ref('int_features__attribute_spans') }}
where
    attribute_name in (
        {% for name in segmentation.demographic_attributes() %}
        '{{ name }}',
        {% endfor %}
        'birth_date'
    )
