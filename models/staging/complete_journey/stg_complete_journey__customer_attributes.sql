{{ segmentation.staging_config() }}

{%- set attributes = {
    'age_band': 'age',
    'income_band': 'income',
    'home_ownership': 'home_ownership',
    'marital_status': 'marital_status',
    'household_size': 'household_size',
    'household_composition': 'household_comp',
    'children_count': 'kids_count',
} %}

with demographics as (

    select * from {{ source('complete_journey', 'demographics') }}

),

attributes as (
    {% for attribute_name, column in attributes.items() %}
    select
        household_id,
        '{{ attribute_name }}' as attribute_name,
        {{ column }} as attribute_value
    from demographics
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

{{ segmentation.map_entity('customer_attributes', 'attributes', {
    'source_customer_id': 'household_id',
    'attribute_name': 'attribute_name',
    'attribute_value': 'attribute_value',
    'attribute_group': "'demographic'",
}) }}
