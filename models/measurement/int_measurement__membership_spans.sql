{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{#-
    Nothing of the event's own day may be in the segment that explains it, and a segment
    of long ago explains nothing.
-#}
with final as (

    select
        as_of_date,
        {{ segmentation.add_days('as_of_date', 1) }} as first_day,
        least(
            coalesce(
                lead(as_of_date) over (order by as_of_date asc),
                {{ segmentation.add_days('as_of_date', 45) }}
            ),
            {{ segmentation.add_days('as_of_date', 45) }}
        ) as last_day
    from {{ ref('features__as_of_dates') }}

)

select * from final
