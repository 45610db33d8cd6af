{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with flows as (

    select
        segment_set,
        opens_on,
        closes_on,
        is_month,
        opening_code,
        closing_code,
        sum(customer_count) as customer_count,
        sum(case when recoded_code <> opening_code then customer_count else 0 end)
            as recoded_count,
        sum(opening_amount) as opening_amount,
        max(largest_opening) as largest_opening,
        sum(closing_amount) as closing_amount,
        max(largest_closing) as largest_closing
    from {{ ref('int_measurement__transitions') }}
    group by segment_set, opens_on, closes_on, is_month, opening_code, closing_code

),

final as (

    select
        cast(segment_set as {{ text }}) as segment_set,
        opens_on,
        closes_on,
        is_month,
        cast(coalesce(opening_code, 'not_known') as {{ text }}) as opening_code,
        cast(coalesce(closing_code, 'not_known') as {{ text }}) as closing_code,
        {{ segmentation.shared_count('customer_count') }} as customer_count,
        case
            when recoded_count = 0 then 0
            else {{ segmentation.shared_count('recoded_count') }}
        end as recoded_count,
        {{ segmentation.shared_total(
            'opening_amount', 'customer_count', 'largest_opening'
        ) }} as opening_amount,
        {{ segmentation.shared_total(
            'closing_amount', 'customer_count', 'largest_closing'
        ) }} as closing_amount
    from flows

)

select * from final
