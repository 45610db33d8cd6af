{{ segmentation.map_entity('orders', source('webshop', 'orders'), {
    'order_id': '"Order No"',
    'source_customer_id': '"Customer"',
    'ordered_at': "\"Date\" || ' Europe/Berlin'",
    'net_amount': '"Total"',
}) }}
