{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

with candidates as (

    select
        dates.as_of_date,
        parameters.*,
        {{ segmentation.days_between(
            'parameters.trained_through', 'dates.as_of_date'
        ) }} as days_since
    from {{ ref('value_parameters') }} as parameters
    cross join {{ ref('int_features__as_of_dates') }} as dates
    where
        parameters.dataset
        = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

-- The newest of those trained before; without any, the oldest.
ranked as (

    select
        candidates.*,
        row_number() over (
            partition by as_of_date
            order by
                case when days_since < 0 then 1 else 0 end asc,
                abs(days_since) asc,
                version desc
        ) as nearness_rank
    from candidates

),

final as (

    select
        as_of_date,
        version,
        r,
        alpha,
        a,
        b,
        -- How often a customer may have left more often than they came back.
        case when purchase_model = 'mbg_nbd' then 1 else 0 end as first_exit,
        order_value_p,
        order_value_q,
        order_value_v,
        margin_share,
        yearly_discount_rate,
        tier_measure,
        trained_through,
        days_since < 0 as is_in_sample
    from ranked
    where nearness_rank = 1

)

select * from final
