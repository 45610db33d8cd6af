{{ segmentation.input_config('orders') }}

with orders as (

    {{ segmentation.kept_rows('orders') }}

),

kept_lines as (

    {{ segmentation.kept_rows('order_lines') }}

),

-- Only lines that have versions pay for finding the last one.
last_versions as (

    select
        source_system,
        order_id,
        line_id,
        max(updated_at) as updated_at
    from kept_lines
    where updated_at is not null
    group by source_system, order_id, line_id

),

lines as (

    select
        kept_lines.source_system,
        kept_lines.order_id,
        sum(kept_lines.net_amount) as net_amount,
        sum(kept_lines.discount_amount) as discount_amount
    from kept_lines
    left join last_versions
        on
            kept_lines.source_system = last_versions.source_system
            and kept_lines.order_id = last_versions.order_id
            and kept_lines.line_id = last_versions.line_id
    where
        not coalesce(kept_lines.is_deleted, false)
        and (
            last_versions.line_id is null
            or kept_lines.updated_at = last_versions.updated_at
        )
    group by kept_lines.source_system, kept_lines.order_id

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
