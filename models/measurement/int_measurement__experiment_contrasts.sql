{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{%- set seen = segmentation.scorecard_setting('segment_size').detectable_difference %}

with sizes as (

    select
        cells.experiment_code,
        cells.arm,
        cells.segment_code,
        designs.arm_number,
        designs.cell_count,
        sum(cells.customer_count) as customer_count,
        sum(cells.outcome_sum) as ordering_count
    from {{ ref('int_measurement__experiment_cells') }} as cells
    inner join {{ ref('int_measurement__experiment_designs') }} as designs
        on
            cells.experiment_code = designs.experiment_code
            and cells.arm = designs.arm
    where cells.metric = 'ordered'
    group by
        cells.experiment_code,
        cells.arm,
        cells.segment_code,
        designs.arm_number,
        designs.cell_count

),

pairs as (

    select
        one.experiment_code,
        one.arm,
        other.arm as other_arm,
        one.cell_count,
        other.cell_count as other_cell_count
    from {{ ref('int_measurement__experiment_designs') }} as one
    inner join {{ ref('int_measurement__experiment_designs') }} as other
        on
            one.experiment_code = other.experiment_code
            and one.arm_number < other.arm_number

),

segments as (

    select distinct
        experiment_code,
        segment_code
    from sizes

),

compared as (

    select
        pairs.*,
        segments.segment_code,
        cast(coalesce(one.customer_count, 0) as double precision) as customer_count,
        cast(coalesce(other.customer_count, 0) as double precision)
            as other_customer_count,
        coalesce(one.ordering_count, 0) + coalesce(other.ordering_count, 0)
            as ordering_count
    from pairs
    inner join segments
        on pairs.experiment_code = segments.experiment_code
    left join sizes as one
        on
            pairs.experiment_code = one.experiment_code
            and pairs.arm = one.arm
            and segments.segment_code = one.segment_code
    left join sizes as other
        on
            pairs.experiment_code = other.experiment_code
            and pairs.other_arm = other.arm
            and segments.segment_code = other.segment_code

),

rated as (

    select
        compared.*,
        {{ segmentation.ratio(
            'ordering_count', 'customer_count + other_customer_count'
        ) }} as order_rate
    from compared

),

powered as (

    select
        rated.*,
        case
            when customer_count > 0 and other_customer_count > 0
                then {{ segmentation.detectable_difference(
                    'order_rate', 'customer_count', 'other_customer_count'
                ) }}
        end as detectable_difference
    from rated

),

final as (

    select
        experiment_code,
        arm,
        other_arm,
        segment_code,
        case
            when
                segment_code <> 'unassigned'
                and customer_count >= {{ segmentation.least_compared() }}
                and other_customer_count >= {{ segmentation.least_compared() }}
                and detectable_difference <= {{ seen }}
                and ordering_count >= {{ segmentation.least_events() }}
                then segment_code
            else 'pooled'
        end as shown_segment,
        cell_count,
        other_cell_count,
        customer_count,
        other_customer_count,
        detectable_difference
    from powered

)

select * from final
