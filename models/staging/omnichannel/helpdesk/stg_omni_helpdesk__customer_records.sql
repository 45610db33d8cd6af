{{ segmentation.staging_config() }}

with requesters as (

    select * from {{ source('omni_helpdesk', 'helpdesk_requesters') }}

),

split as (

    select
        requesters.*,
        {{ dbt.split_part('trim(full_name)', "' '", 1) }} as first_word,
        substring(
            trim(full_name),
            length({{ dbt.split_part('trim(full_name)', "' '", 1) }}) + 1
        ) as further_words
    from requesters

)

{{ segmentation.map_entity('customer_records', 'split', {
    'source_customer_id': 'requester',
    'email': 'mail',
    'phone': 'phone',
    'first_name': 'first_word',
    'last_name': 'further_words',
    'created_at': 'created',
    'loaded_at': 'imported',
}, loaded_order='imported') }}
