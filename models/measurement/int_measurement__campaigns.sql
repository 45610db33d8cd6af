{{ config(schema=segmentation.segmentation_schema('internal')) }}

with versions as (

    select
        campaigns.*,
        {{ segmentation.local_date('started_at') }} as started_date,
        row_number() over (
            partition by campaign_id
            order by
                coalesce(updated_at, cast('1900-01-01' as timestamp)) desc,
                {{ segmentation.binary_order('source_system') }} asc
        ) as recency_rank
    from {{ ref('input__campaigns') }} as campaigns

),

final as (

    select
        campaign_id,
        campaign_name,
        lower(channel) as channel,
        coalesce(targeting, 'unknown') as targeting,
        trim(
            translate(lower(coalesce(campaign_name, '')), '0123456789-./:_#', '')
        ) as campaign_series,
        started_date,
        cost_amount
    from versions
    where
        recency_rank = 1
        and not coalesce(is_deleted, false)
        and (started_date <= {{ segmentation.as_of_date() }} or started_date is null)

)

select * from final
