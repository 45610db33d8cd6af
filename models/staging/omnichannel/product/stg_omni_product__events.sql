{{ segmentation.staging_config() }}

{%- set session -%}
serial || '-' || cast(run_no as {{ dbt.type_string() }})
{%- endset %}

{{ segmentation.map_entity('events', source('omni_product', 'product_usage'), {
    'event_id': 'usage_id',
    'source_customer_id': 'serial',
    'event_name': 'feature',
    'surface': "'product'",
    'occurred_at': 'used',
    'session_id': session,
    'loaded_at': 'ingested',
}, loaded_order='ingested') }}
