{#- Intervals of a customer and set follow one another without gap or overlap. -#}
with neighbours as (

    select
        customer_id,
        segment_set,
        segment_code,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by customer_id, segment_set
            order by valid_from asc
        ) as next_valid_from,
        lead(segment_code) over (
            partition by customer_id, segment_set
            order by valid_from asc
        ) as next_segment_code
    from {{ segmentation.rows_to_test(ref('segments__intervals')) }}

)

select *
from neighbours
where
    valid_to <= valid_from
    or (valid_to is null and next_valid_from is not null)
    or valid_to <> next_valid_from
    or (valid_to is not null and next_valid_from is null)
    or segment_code = next_segment_code
