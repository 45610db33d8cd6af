{{ segmentation.staging_config() }}

{%- set record -%}
coalesce(
    cast(card_no as {{ dbt.type_string() }}),
    'receipt-' || cast(receipt as {{ dbt.type_string() }})
)
{%- endset %}

{{ segmentation.map_entity('orders', source('omni_till', 'till_receipts'), {
    'order_id': 'receipt',
    'source_customer_id': record,
    'ordered_at': segmentation.iso_time('sold', 'DD.MM.YYYY HH:MM:SS', 'Europe/Berlin'),
    'channel': "'store'",
    'currency_code': 'currency',
    'gross_amount': segmentation.decimal_comma('list_total'),
    'discount_amount': segmentation.decimal_comma('rebate'),
    'net_amount': segmentation.decimal_comma('paid_total'),
    'loaded_at': 'exported_at',
}, loaded_order='exported_at') }}
