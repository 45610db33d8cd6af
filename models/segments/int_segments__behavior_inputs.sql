{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

with found as (

    select
        population.customer_id,
        case when purchases.is_observed_90d then purchases.order_count_90d end
            as order_count_90d,
        purchases.gap_variation,
        purchases.average_order_value,
        purchases.discount_share,
        categories.category_entropy,
        categories.private_label_share,
        {% for name in ['weekend_order', 'online_order'] %}
        {{ segmentation.ratio(
            'purchases.' ~ name ~ '_count', 'purchases.order_count'
        ) }} as {{ name }}_share,
        {% endfor %}
        {% for family, names in {
            'web': ['active_day_count', 'page_count'],
            'product': ['product_use_day_count'],
            'message': ['message_click_count'],
        }.items() %}
        {% for name in names %}
        case
            when windows.is_{{ family }}_observed_90d then engagement.{{ name }}_90d
        end as {{ name }}_90d,
        {% endfor %}
        {% endfor %}
        population.as_of_date
    from {{ ref('int_features__population') }} as population
    inner join {{ ref('int_features__purchases') }} as purchases
        on
            population.customer_id = purchases.customer_id
            and population.as_of_date = purchases.as_of_date
    inner join {{ ref('int_features__engagement_sums') }} as engagement
        on
            population.customer_id = engagement.customer_id
            and population.as_of_date = engagement.as_of_date
    inner join {{ ref('int_features__engagement_windows') }} as windows
        on population.as_of_date = windows.as_of_date
    left join {{ ref('int_features__categories') }} as categories
        on
            population.customer_id = categories.customer_id
            and population.as_of_date = categories.as_of_date
    where population.is_profiled and purchases.order_count > 0

),

final as (

    select
        customer_id,
        {% for name in segmentation.cluster_inputs('behavior') %}
        cast({{ name }} as double precision) as {{ name }},
        {% endfor %}
        as_of_date
    from found

)

select * from final
