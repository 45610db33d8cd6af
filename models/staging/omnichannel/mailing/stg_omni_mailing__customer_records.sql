{{ segmentation.staging_config() }}

{%- set zone = 'America/New_York' %}

with subscribers as (

    select * from {{ source('omni_mailing', 'mailing_subscribers') }}

),

split as (

    select
        subscribers.*,
        {{ dbt.split_part('trim(name)', "' '", 1) }} as first_word,
        substring(
            trim(name), length({{ dbt.split_part('trim(name)', "' '", 1) }}) + 1
        ) as further_words
    from subscribers

)

{{ segmentation.map_entity('customer_records', 'split', {
    'source_customer_id': 'subscriber',
    'email': 'address',
    'first_name': 'first_word',
    'last_name': 'further_words',
    'created_at': segmentation.utc_time('joined', zone),
    'updated_at': segmentation.utc_time('updated', zone),
    'loaded_at': segmentation.utc_time('fetched', zone),
}, loaded_order='fetched') }}
