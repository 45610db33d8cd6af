{{ segmentation.staging_config() }}

with coupon_redemptions as (

    select * from {{ source('complete_journey', 'coupon_redemptions') }}

),

-- A redemption has no id; household, campaign, coupon and day identify it.
redemptions as (

    select
        household_id,
        campaign_id,
        cast(household_id as {{ dbt.type_string() }})
        || '-'
        || cast(campaign_id as {{ dbt.type_string() }})
        || '-'
        || cast(coupon_upc as {{ dbt.type_string() }})
        || '-'
        || cast(
            cast(redemption_date as date) as {{ dbt.type_string() }}
        ) as response_id,
        -- A local day without a time: noon UTC is the same day in every American zone.
        {{ dbt.dateadd('hour', 12, 'redemption_date') }} as responded_at
    from coupon_redemptions

)

{{ segmentation.map_entity('campaign_responses', 'redemptions', {
    'response_id': 'response_id',
    'source_customer_id': 'household_id',
    'campaign_id': 'campaign_id',
    'responded_at': 'responded_at',
    'response_type': "'coupon_redemption'",
}) }}
