{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    What each segment spent before and after a past date: the value order that its
    definition declares must show in both.
-#}
with final as (

    select
        memberships.segment_set,
        memberships.segment_code,
        count(*) as customer_count,
        sum(coalesce(outcomes.past_revenue, 0)) as past_revenue,
        sum(coalesce(outcomes.later_revenue, 0)) as later_revenue,
        -- Exact sums, so that the spread does not depend on the order of rows.
        sum(cast(outcomes.past_revenue * outcomes.past_revenue as numeric(36, 4)))
            as past_squares,
        sum(cast(outcomes.later_revenue * outcomes.later_revenue as numeric(36, 4)))
            as later_squares
    from {{ ref('segments__memberships_long') }} as memberships
    inner join {{ ref('int_segments__outcomes') }} as outcomes
        on
            memberships.customer_id = outcomes.customer_id
            and memberships.as_of_date = outcomes.as_of_date
    group by memberships.segment_set, memberships.segment_code

)

select * from final
