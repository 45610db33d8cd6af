{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

with ranked as (

    select
        dates.as_of_date,
        parameters.*,
        parameters.trained_through > dates.as_of_date as is_in_sample,
        row_number() over (
            partition by dates.as_of_date
            order by {{ segmentation.version_preference(
                'parameters.trained_through', 'dates.as_of_date'
            ) }}
        ) as preference
    from {{ ref('value_parameters') }} as parameters
    cross join {{ ref('int_features__as_of_dates') }} as dates
    where
        parameters.dataset
        = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

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
        is_in_sample
    from ranked
    where preference = 1

)

select * from final
