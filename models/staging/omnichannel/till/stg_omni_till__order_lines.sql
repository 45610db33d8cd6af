{{ segmentation.staging_config() }}

{%- set record -%}
coalesce(
    cast(card_no as {{ dbt.type_string() }}),
    'receipt-' || cast(receipt as {{ dbt.type_string() }})
)
{%- endset %}

{{ segmentation.map_entity('order_lines', source('omni_till', 'till_lines'), {
    'order_id': 'receipt',
    'line_id': 'position',
    'source_customer_id': record,
    'product_id': 'article',
    'quantity': 'pieces',
    'net_amount': segmentation.decimal_comma('paid'),
    'discount_amount': segmentation.decimal_comma('rebate'),
    'loaded_at': 'exported_at',
}, loaded_order='exported_at') }}
