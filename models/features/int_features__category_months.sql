{{ segmentation.state_config(
    'internal', touched='int_features__touched_customers', state_key=['customer_id']
) }}

{#-
    What was bought, by category; cancelled and refunded lines were still chosen. Every
    date of the panel is the end of a month or the last day there is, so that months are
    all that it can tell apart.
-#}
{%- set run = segmentation.run_to_continue() -%}
with orders as (

    select
        source_system,
        source_customer_id,
        order_id,
        min(effective_date) as effective_date
    from {{ ref('int_features__purchase_movements') }}
    where is_placement
    group by source_system, source_customer_id, order_id

),

lines as (

    select
        source_system,
        order_id,
        product_id,
        net_amount,
        row_number() over (
            partition by source_system, order_id, line_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank,
        coalesce(is_deleted, false) as is_deleted
    from {{ ref('input__order_lines') }}

),

bought as (

    select
        map.customer_id,
        cast({{ dbt.date_trunc('month', 'orders.effective_date') }} as date)
            as bought_month,
        coalesce(products.category, 'unknown') as category,
        lines.source_system,
        lines.product_id,
        lines.net_amount,
        coalesce(products.is_private_label, false) as is_private_label
    from lines
    inner join orders
        on
            lines.source_system = orders.source_system
            and lines.order_id = orders.order_id
    inner join {{ ref('identity__customer_map') }} as map
        on
            orders.source_system = map.source_system
            and orders.source_customer_id = map.source_customer_id
    left join {{ ref('int_features__products') }} as products
        on
            lines.source_system = products.source_system
            and lines.product_id = products.product_id
    {{ segmentation.only_touched('map', run) }}
    where
        lines.version_rank = 1
        and not lines.is_deleted
        and orders.effective_date <= {{ segmentation.as_of_date() }}

),

products_bought as (

    select
        customer_id,
        bought_month,
        category,
        source_system,
        product_id,
        is_private_label,
        sum(net_amount) as net_amount,
        row_number() over (
            partition by customer_id, source_system, product_id
            order by bought_month asc, category asc
        ) as purchase_rank
    from bought
    group by
        customer_id,
        bought_month,
        category,
        source_system,
        product_id,
        is_private_label

),

final as (

    select
        customer_id,
        bought_month,
        category,
        sum(net_amount) as net_amount,
        sum(case when is_private_label then net_amount else 0 end)
            as private_label_amount,
        sum(case when purchase_rank = 1 and product_id is not null then 1 else 0 end)
            as new_product_count
    from products_bought
    group by customer_id, bought_month, category

)

select * from final
