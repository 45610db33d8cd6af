{{ segmentation.staging_config() }}

{%- set record -%}
coalesce(
    cast(card_no as {{ dbt.type_string() }}),
    'receipt-' || cast(receipt as {{ dbt.type_string() }})
)
{%- endset %}

{{ segmentation.map_entity('order_changes', source('omni_till', 'till_returns'), {
    'order_id': 'receipt',
    'source_customer_id': record,
    'changed_at': segmentation.iso_time(
        'returned', 'DD.MM.YYYY HH:MM:SS', 'Europe/Berlin'
    ),
    'change_type': "'returned'",
    'amount': segmentation.decimal_comma('paid_back'),
    'loaded_at': 'exported_at',
}, loaded_order='exported_at') }}
