{{ segmentation.input_config('orders') }}

with orders as (

    {{ segmentation.kept_rows('orders') }}

),

lines as (

    select
        source_system,
        order_id,
        sum(net_amount) as net_amount,
        sum(coalesce(discount_amount, 0)) as discount_amount
    from {{ ref('int_input__order_lines') }}
    where row_outcome = 'kept'
    group by source_system, order_id

),

-- A source of lines only has its amounts here, after duplicate lines have collapsed.
filled as (

    select
        orders.*,
        coalesce(orders.net_amount, lines.net_amount) as filled_net_amount,
        coalesce(
            orders.discount_amount,
            case when orders.net_amount is null then lines.discount_amount end
        ) as filled_discount_amount
    from orders
    left join lines
        on
            orders.source_system = lines.source_system
            and orders.order_id = lines.order_id

),

final as (

    select
        source_system,
        source_customer_id,
        order_id,
        ordered_at,
        channel,
        currency_code,
        cast(
            coalesce(
                gross_amount, filled_net_amount + coalesce(filled_discount_amount, 0)
            ) as numeric(18, 2)
        ) as gross_amount,
        cast(
            coalesce(filled_discount_amount, gross_amount - filled_net_amount, 0)
            as numeric(18, 2)
        ) as discount_amount,
        tax_amount,
        shipping_amount,
        cast(filled_net_amount as numeric(18, 2)) as net_amount,
        margin_amount,
        campaign_id,
        coupon_code,
        updated_at,
        is_deleted,
        {% for column in segmentation.setting('passthrough').get('orders', []) %}
        {{ column }},
        {% endfor %}
        loaded_at
    from filled

)

select * from final
