{{ config(
    materialized='view', schema=segmentation.segmentation_schema('ledger')
) }}

with releases as (

    select
        released.run_id,
        released.as_of_date,
        released.released_at,
        servings.run_id is not null as is_served
    from {{ ref('measurement__releases') }} as released
    left join {{ ref('measurement__servings') }} as servings
        on released.run_id = servings.run_id and servings.is_served

),

final as (

    select
        releases.run_id,
        versions.customer_id,
        versions.primary_segment,
        versions.value_tier,
        versions.rfm,
        versions.lifecycle,
        versions.behavior,
        versions.demographic,
        versions.psychographic,
        versions.behavior_origin,
        releases.is_served,
        dates.as_of_date,
        releases.released_at
    from releases
    inner join {{ ref('int_measurement__published_versions') }} as versions
        on
            releases.released_at >= versions.released_at
            and (
                versions.replaced_at is null
                or releases.released_at < versions.replaced_at
            )
            -- Said of a past date, and not of the one at which the release stands.
            and (
                versions.as_of_date is null
                or releases.as_of_date <> versions.as_of_date
            )
    inner join {{ ref('measurement__published_dates') }} as dates
        on
            releases.run_id = dates.run_id
            and dates.as_of_date = coalesce(versions.as_of_date, releases.as_of_date)
    where versions.change_type <> 'removed'

)

select * from final
