{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Of everybody else the row at a date is what it was: what it is made of belongs to a
    touched customer, moved with a cut point, or with what all are compared with.
-#}
{%- set run = segmentation.run_of_panel() %}

with customers as (

    select
        touched.customer_id,
        dates.as_of_date
    from {{ ref('int_features__touched_customers') }} as touched
    cross join {{ ref('features__as_of_dates') }} as dates
    {% if run %}
    where
        touched.is_restated
        or dates.as_of_date
        > {{ segmentation.date_literal(run.previous_as_of_date) }}
    {% endif %}

),

{% if run %}
changed_norms as (

    select distinct as_of_date
    from {{ ref('int_features__known_norms') }}
    where {{ segmentation.changed_now() }}

),

final as (

    select
        customer_id,
        as_of_date
    from customers
    union
    select
        customer_id,
        as_of_date
    from {{ ref('int_features__scores') }}
    where {{ segmentation.changed_now() }}
    union
    select
        population.customer_id,
        population.as_of_date
    from {{ ref('int_features__population') }} as population
    inner join changed_norms
        on population.as_of_date = changed_norms.as_of_date

)
{% else %}
-- depends_on: {{ ref('int_features__known_norms') }}, {{ ref('int_features__scores') }}
-- depends_on: {{ ref('int_features__population') }}
final as (

    select
        customer_id,
        as_of_date
    from customers

)
{% endif %}

select * from final
