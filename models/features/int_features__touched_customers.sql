{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Of everybody else the sums at a new date are those at the date before. Who is not
    touched has no new row, so that only windows can change: when the days pass on which
    something enters or leaves them, which leaves the dates before as they were.
-#}
-- depends_on: {{ ref('int_features__changed_customers') }}
{%- set run = segmentation.run_of_panel() %}
{%- set entering = [
    ('int_features__event_days', 'event_date', 'event_date', 'visits'),
    ('int_features__message_days', 'message_date', 'message_date', 'messages'),
    ('int_features__ticket_movements', 'opened_date', 'effective_date', 'tickets'),
    ('int_features__social_days', 'interaction_date', 'interaction_date', 'social'),
    ('int_features__purchase_movements', 'order_date', 'effective_date', 'purchases'),
] %}

with customers as (

    select customer_id from {{ ref('identity__customers') }}

),

{% if run %}
products as (

    select distinct
        source_system,
        product_id
    from {{ ref('int_input__products') }}
    where {{ segmentation.is_touched(segmentation.entity_contract('products'), run) }}

),

-- A product that is described anew concerns whoever bought it.
buyers as (

    select
        orders.source_system,
        orders.source_customer_id
    from products
    inner join {{ ref('input__order_lines') }} as lines
        on
            products.source_system = lines.source_system
            and products.product_id = lines.product_id
    inner join {{ ref('int_features__purchase_movements') }} as orders
        on
            lines.source_system = orders.source_system
            and lines.order_id = orders.order_id

),

passing as (

    {% for relation, happened, effective, family in entering %}
    select
        source_system,
        source_customer_id
    from {{ ref(relation) }}
    where
        {{ segmentation.passes(effective, run) }}
        {% for days in segmentation.feature_windows(family) %}
        or {{ segmentation.passes(happened, run, days) }}
        {% endfor %}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

restated as (

    select customer_id from {{ ref('int_identity__touched_customers') }}
    union distinct
    select map.customer_id
    from buyers
    inner join {{ ref('identity__customer_map') }} as map
        on
            buyers.source_system = map.source_system
            and buyers.source_customer_id = map.source_customer_id
    union distinct
    select customers.customer_id
    from customers
    cross join {{ ref('int_features__known_data_starts') }} as starts
    where starts.changed_in_run = {{ run.number }}

),

moved as (

    select map.customer_id
    from passing
    inner join {{ ref('identity__customer_map') }} as map
        on
            passing.source_system = map.source_system
            and passing.source_customer_id = map.source_customer_id
    union distinct
    select customer_id
    from {{ ref('int_features__attribute_spans') }}
    where
        {{ segmentation.passes('valid_from', run) }}
        or {{ segmentation.passes('expired_date', run) }}

),
{% else %}
-- depends_on: {{ ref('identity__customer_map') }}, {{ ref('int_input__products') }}
-- depends_on: {{ ref('input__order_lines') }}
-- depends_on: {{ ref('int_features__attribute_spans') }}
-- depends_on: {{ ref('int_features__known_data_starts') }}
{% for relation, _, _, _ in entering %}
-- depends_on: {{ ref(relation) }}
{% endfor %}
restated as (

    select customer_id from customers
    union distinct
    select customer_id from {{ ref('int_identity__touched_customers') }}

),

moved as (

    select customer_id from restated

),
{% endif %}

final as (

    select
        moved.customer_id,
        false as is_restated
    from moved
    left join restated
        on moved.customer_id = restated.customer_id
    where restated.customer_id is null
    union all
    select
        customer_id,
        true as is_restated
    from restated

)

select * from final
