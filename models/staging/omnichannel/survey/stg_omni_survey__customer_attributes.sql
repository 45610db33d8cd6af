{{ segmentation.staging_config() }}

{%- set attributes = {
    'age_band': 'age_group',
    'household_size': 'household',
    'income_band': 'income_group',
} %}

with respondents as (

    select * from {{ source('omni_survey', 'survey_respondents') }}

),

statements as (
    {% for attribute_name, column in attributes.items() %}
    select
        respondent,
        '{{ attribute_name }}' as attribute_name,
        cast({{ column }} as {{ dbt.type_string() }}) as attribute_value,
        invited,
        stored
    from respondents
    where {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

{{ segmentation.map_entity('customer_attributes', 'statements', {
    'source_customer_id': 'respondent',
    'attribute_name': 'attribute_name',
    'attribute_value': 'attribute_value',
    'attribute_group': "'demographic'",
    'observed_at': 'invited',
    'loaded_at': 'stored',
}, loaded_order='stored') }}
