{{ segmentation.staging_config() }}

with campaign_descriptions as (

    select * from {{ source('complete_journey', 'campaign_descriptions') }}

),

campaigns as (

    select
        campaign_id,
        campaign_type
        || ' '
        || cast(campaign_id as {{ dbt.type_string() }}) as campaign_name,
        case
            when campaign_type = 'Type A' then 'segmented' else 'unknown'
        end as targeting,
        -- Local days without a time: noon UTC is the same day in every American zone,
        -- midnight UTC would be the evening before.
        {{ dbt.dateadd('hour', 12, 'start_date') }} as started_at,
        {{ dbt.dateadd('hour', 12, 'end_date') }} as ended_at
    from campaign_descriptions

)

{{ segmentation.map_entity('campaigns', 'campaigns', {
    'campaign_id': 'campaign_id',
    'campaign_name': 'campaign_name',
    'targeting': 'targeting',
    'started_at': 'started_at',
    'ended_at': 'ended_at',
}) }}
