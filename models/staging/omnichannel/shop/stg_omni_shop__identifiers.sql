{{ segmentation.staging_config() }}

with accounts as (

    select * from {{ source('omni_shop', 'shop_accounts') }}

),

-- Each branch reads the orders itself: an engine skips no blocks below a shared CTE.
seen as (

    select
        account_no as record,
        'login' as identifier_type,
        account_no as identifier_value,
        registered_at as observed_at,
        loaded_at
    from accounts
    union all
    {% for identifier_type in ['email', 'phone'] %}
    {%- set column = {'email': 'guest_mail', 'phone': 'guest_phone'}[identifier_type] %}
    select
        'guest-' || order_no as record,
        '{{ identifier_type }}' as identifier_type,
        {{ column }} as identifier_value,
        placed_at as observed_at,
        loaded_at
    from {{ source('omni_shop', 'shop_orders') }}
    where account_no is null and {{ column }} is not null
    {% if not loop.last %}union all{% endif %}
    {%- endfor %}

)

{{ segmentation.map_entity('identifiers', 'seen', {
    'source_customer_id': 'record',
    'identifier_type': 'identifier_type',
    'identifier_value': 'identifier_value',
    'observed_at': 'observed_at',
    'loaded_at': 'loaded_at',
}, loaded_order='loaded_at') }}
