{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

with memberships as (

    select
        customer_id,
        segment_set,
        segment_code,
        as_of_date,
        lag(segment_code) over (
            partition by customer_id, segment_set
            order by as_of_date asc
        ) as previous_code
    from {{ ref('segments__memberships_long') }}

),

changes as (

    select
        customer_id,
        segment_set,
        segment_code,
        as_of_date as valid_from
    from memberships
    where previous_code is null or previous_code <> segment_code

),

final as (

    select
        customer_id,
        segment_set,
        segment_code,
        valid_from,
        lead(valid_from) over (
            partition by customer_id, segment_set
            order by valid_from asc
        ) as valid_to
    from changes

)

select * from final
