{{ segmentation.staging_config() }}

with transactions as (

    select * from {{ source('complete_journey', 'transactions') }}

),

-- A basket repeats its header on each line. Amounts stay empty: input sums the lines,
-- after repeated lines have collapsed.
baskets as (

    select distinct
        basket_id,
        household_id,
        store_id,
        transaction_timestamp
    from transactions

)

{{ segmentation.map_entity('orders', 'baskets', {
    'order_id': 'basket_id',
    'source_customer_id': 'household_id',
    'store_id': 'store_id',
    'channel': "'store'",
    'currency_code': "'USD'",
    'ordered_at': 'transaction_timestamp',
}) }}
