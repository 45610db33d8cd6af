{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Intervals change where a past row is computed anew, where the last code is another
    one than at the date before, and where one began or ended at the last date or at one
    that has left the panel.
-#}
{%- set run = segmentation.run_of_panel() %}

with dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date asc) as earlier_date,
        is_current
    from {{ ref('features__as_of_dates') }}

),

final as (

    select customer_id from {{ ref('int_features__touched_customers') }}
    union
    select touched.customer_id
    from {{ ref('int_features__touched_rows') }} as touched
    inner join dates
        on touched.as_of_date = dates.as_of_date
    where not dates.is_current
    union
    select latest.customer_id
    from {{ ref('segments__memberships') }} as latest
    inner join dates
        on latest.as_of_date = dates.as_of_date
    left join {{ ref('segments__memberships') }} as earlier
        on
            latest.customer_id = earlier.customer_id
            and dates.earlier_date = earlier.as_of_date
    where
        dates.is_current
        and {{ segmentation.any_differs(
            segmentation.segment_sets().values(), 'latest', 'earlier'
        ) }}
    {% if run %}
    union
    select kept.customer_id
    from {{ segmentation.relation_of(
        graph.nodes['model.segmentation.segments__intervals']
    ) }} as kept
    left join dates as starts
        on kept.valid_from = starts.as_of_date
    left join dates as ends
        on kept.valid_to = ends.as_of_date
    where
        starts.as_of_date is null
        or starts.is_current
        or (kept.valid_to is not null and ends.as_of_date is null)
    {% endif %}

)

select * from final
