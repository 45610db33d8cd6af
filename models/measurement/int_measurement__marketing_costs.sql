{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

with spend as (

    select
        source_system,
        lower(channel) as channel,
        campaign_id,
        spend_date as cost_date,
        spend_amount as cost_amount
    from {{ ref('input__ad_spend') }}

),

versions as (

    select
        source_system,
        campaign_id,
        lower(channel) as channel,
        cost_amount,
        {{ segmentation.local_date('started_at') }} as cost_date,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, campaign_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__campaigns') }}

),

spent_campaigns as (

    select distinct campaign_id
    from spend
    where campaign_id is not null

),

final as (

    select
        source_system,
        channel,
        campaign_id,
        cost_date,
        cost_amount
    from spend
    union all
    -- What was paid by the day is no second cost of its campaign.
    select
        versions.source_system,
        versions.channel,
        versions.campaign_id,
        versions.cost_date,
        versions.cost_amount
    from versions
    left join spent_campaigns
        on versions.campaign_id = spent_campaigns.campaign_id
    where
        versions.version_rank = 1
        and not versions.is_deleted
        and versions.cost_amount is not null
        and spent_campaigns.campaign_id is null

)

select * from final
