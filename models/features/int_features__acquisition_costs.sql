{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- A month's costs, shared out once among the customers who first ordered in it. -#}
with dates as (

    select as_of_date
    from {{ ref('features__as_of_dates') }}

),

versions as (

    select
        source_system,
        campaign_id,
        lower(channel) as channel,
        cost_amount,
        {{ segmentation.local_date('started_at') }} as started_date,
        {{ segmentation.local_date('updated_at') }} as updated_date,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, campaign_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) asc
        ) as version_number
    from {{ ref('input__campaigns') }}

),

-- The first version counts from the start, a later one from its update.
known_versions as (

    select
        dates.as_of_date,
        versions.*,
        row_number() over (
            partition by
                dates.as_of_date, versions.source_system, versions.campaign_id
            order by versions.version_number desc
        ) as recency_rank
    from versions
    inner join dates
        on
            versions.started_date <= dates.as_of_date
            and (
                versions.version_number = 1
                or versions.updated_date <= dates.as_of_date
            )

),

campaigns as (

    select * from known_versions
    where recency_rank = 1 and not is_deleted

),

spend as (

    select
        dates.as_of_date,
        lower(delivered.channel) as channel,
        delivered.campaign_id,
        cast({{ dbt.date_trunc('month', 'delivered.spend_date') }} as date)
            as cost_month,
        sum(delivered.spend_amount) as cost_amount
    from {{ ref('input__ad_spend') }} as delivered
    inner join dates
        on delivered.spend_date <= dates.as_of_date
    group by
        dates.as_of_date,
        lower(delivered.channel),
        delivered.campaign_id,
        cast({{ dbt.date_trunc('month', 'delivered.spend_date') }} as date)

),

-- What was paid by the day is no second cost of its campaign.
spent_campaigns as (

    select distinct
        as_of_date,
        campaign_id
    from spend
    where campaign_id is not null

),

costs as (

    select
        as_of_date,
        channel,
        cost_month,
        cost_amount
    from spend
    union all
    select
        campaigns.as_of_date,
        campaigns.channel,
        cast({{ dbt.date_trunc('month', 'campaigns.started_date') }} as date)
            as cost_month,
        campaigns.cost_amount
    from campaigns
    left join spent_campaigns
        on
            campaigns.as_of_date = spent_campaigns.as_of_date
            and campaigns.campaign_id = spent_campaigns.campaign_id
    where spent_campaigns.campaign_id is null and campaigns.cost_amount is not null

),

channel_costs as (

    select
        as_of_date,
        cost_month,
        channel,
        sum(cost_amount) as cost_amount
    from costs
    group by as_of_date, cost_month, channel

),

placed_campaigns as (

    select
        as_of_date,
        campaign_id,
        channel
    from spend
    where campaign_id is not null
    union distinct
    select
        as_of_date,
        campaign_id,
        channel
    from campaigns
    where channel is not null

),

-- A campaign that ran in two channels says nothing about the channel.
campaign_channels as (

    select
        as_of_date,
        campaign_id,
        min(channel) as channel
    from placed_campaigns
    group by as_of_date, campaign_id
    having count(*) = 1

),

cohorts as (

    select
        as_of_date,
        first_order_month as cohort_month,
        coalesce(first_campaign_id, '') as first_campaign_id,
        count(*) as customer_count
    from {{ ref('int_features__purchases') }}
    where
        not is_reference
        and first_order_date is not null
        and not is_tenure_censored
    group by as_of_date, first_order_month, coalesce(first_campaign_id, '')

),

acquired as (

    select
        cohorts.as_of_date,
        cohorts.cohort_month,
        cohorts.first_campaign_id,
        cohorts.customer_count,
        -- Who came by a channel without costs shares what no channel accounts for.
        channel_costs.channel,
        channel_costs.cost_amount as channel_amount
    from cohorts
    left join campaign_channels
        on
            cohorts.as_of_date = campaign_channels.as_of_date
            and cohorts.first_campaign_id
            = {{ segmentation.binary_order('campaign_channels.campaign_id') }}
    left join channel_costs
        on
            cohorts.as_of_date = channel_costs.as_of_date
            and cohorts.cohort_month = channel_costs.cost_month
            and campaign_channels.channel = channel_costs.channel

),

channel_totals as (

    select
        as_of_date,
        cohort_month,
        channel,
        sum(customer_count) as customer_count,
        max(channel_amount) as channel_amount
    from acquired
    group by as_of_date, cohort_month, channel

),

claimed as (

    select
        as_of_date,
        cohort_month,
        sum(channel_amount) as claimed_amount
    from channel_totals
    group by as_of_date, cohort_month

),

month_costs as (

    select
        as_of_date,
        cost_month,
        sum(cost_amount) as cost_amount
    from channel_costs
    group by as_of_date, cost_month

),

starts as (

    select min(data_starts_at) as first_order_day
    from {{ ref('int_features__data_starts') }}
    where entity = 'orders'

),

shared as (

    select
        acquired.as_of_date,
        acquired.cohort_month,
        acquired.first_campaign_id,
        -- Of a month that begins within the censored days the newcomers are not known.
        case
            when
                acquired.cohort_month
                < {{ segmentation.add_days('starts.first_order_day', 60) }}
                then 'tenure_censored'
            when month_costs.cost_amount is null then 'cost_unknown'
            when acquired.channel is not null then 'channel_cohort'
            else 'cohort'
        end as acquisition_cost_basis,
        coalesce(
            channel_totals.channel_amount,
            month_costs.cost_amount - coalesce(claimed.claimed_amount, 0)
        ) as shared_amount,
        channel_totals.customer_count
    from acquired
    cross join starts
    inner join channel_totals
        on
            acquired.as_of_date = channel_totals.as_of_date
            and acquired.cohort_month = channel_totals.cohort_month
            and coalesce(acquired.channel, '') = coalesce(channel_totals.channel, '')
    inner join claimed
        on
            acquired.as_of_date = claimed.as_of_date
            and acquired.cohort_month = claimed.cohort_month
    left join month_costs
        on
            acquired.as_of_date = month_costs.as_of_date
            and acquired.cohort_month = month_costs.cost_month

),

averaged as (

    select
        as_of_date,
        cohort_month,
        first_campaign_id,
        cast(acquisition_cost_basis as {{ dbt.type_string() }})
            as acquisition_cost_basis,
        cast(
            case
                when acquisition_cost_basis in ('channel_cohort', 'cohort')
                    then {{ segmentation.rounded_ratio(
                        '100 * shared_amount', 'customer_count'
                    ) }} / 100
            end as numeric(18, 2)
        ) as exact_amount
    from shared

),

final as (

    select
        as_of_date,
        cohort_month,
        first_campaign_id,
        acquisition_cost_basis,
        exact_amount,
        {{ segmentation.two_digits('exact_amount') }} as acquisition_cost_amount
    from averaged

)

select * from final
