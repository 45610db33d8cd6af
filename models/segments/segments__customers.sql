{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

with current_memberships as (

    select memberships.*
    from {{ ref('segments__memberships') }} as memberships
    inner join {{ ref('features__as_of_dates') }} as dates
        on memberships.as_of_date = dates.as_of_date
    where dates.is_current

),

primary_intervals as (

    select
        customer_id,
        segment_code,
        valid_from,
        valid_to,
        lag(segment_code) over (
            partition by customer_id
            order by valid_from asc
        ) as previous_code
    from {{ ref('segments__intervals') }}
    where segment_set = 'primary'

),

window_start as (

    select min(as_of_date) as first_as_of_date
    from {{ ref('features__as_of_dates') }}

),

final as (

    select
        memberships.customer_id,
        memberships.as_of_date,
        memberships.primary_segment,
        memberships.value_tier,
        memberships.rfm,
        memberships.lifecycle,
        memberships.behavior,
        memberships.demographic,
        memberships.psychographic,
        intervals.previous_code as previous_primary_segment,
        cast(
            {{ segmentation.service_tier('memberships.value_tier') }}
            as {{ dbt.type_string() }}
        ) as service_tier,
        intervals.valid_from = window_start.first_as_of_date
            as is_primary_since_censored,
        intervals.valid_from as primary_since_date
    from current_memberships as memberships
    inner join primary_intervals as intervals
        on
            memberships.customer_id = intervals.customer_id
            and intervals.valid_to is null
    cross join window_start

)

select * from final
