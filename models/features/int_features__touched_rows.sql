{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Of everybody else the row at a date is what it was: what it is made of belongs to a
    touched customer, moved with a cut point, or with what all are compared with. Of a
    touched customer the past stays too where no panel holds anything else: a row rests
    on panels, the scores, and what holds for all of a date. With one past row go all, as
    codes may look back at the date before.
-#}
{%- set run = segmentation.run_of_panel() %}

-- depends_on: {{ ref('int_features__purchase_sums') }}
-- depends_on: {{ ref('int_features__engagement_sums') }}
-- depends_on: {{ ref('int_features__hours') }}, {{ ref('int_features__categories') }}
-- depends_on: {{ ref('int_features__traits') }}, {{ ref('int_features__attributes') }}
-- depends_on: {{ ref('int_features__value_scores') }}
-- depends_on: {{ ref('int_features__first_order_scores') }}
{% if run -%}
with restated as (

    select customer_id
    from {{ ref('int_features__changed_customers') }}
    where run_number = {{ run.number }}
    union distinct
    select touched.customer_id
    from {{ ref('int_features__touched_customers') }} as touched
    cross join {{ ref('int_features__known_data_starts') }} as starts
    where touched.is_restated and starts.changed_in_run = {{ run.number }}

),

customers as (

    select
        restated.customer_id,
        dates.as_of_date
    from restated
    cross join {{ ref('features__as_of_dates') }} as dates
    union distinct
    select
        touched.customer_id,
        dates.as_of_date
    from {{ ref('int_features__touched_customers') }} as touched
    cross join {{ ref('features__as_of_dates') }} as dates
    where dates.as_of_date > {{ segmentation.date_literal(run.previous_as_of_date) }}

),
{%- else -%}
-- depends_on: {{ ref('int_features__changed_customers') }}
-- depends_on: {{ ref('int_features__known_data_starts') }}
with customers as (

    select
        touched.customer_id,
        dates.as_of_date
    from {{ ref('int_features__touched_customers') }} as touched
    cross join {{ ref('features__as_of_dates') }} as dates

),
{%- endif %}

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
    union distinct
    select
        customer_id,
        as_of_date
    from {{ ref('int_features__scores') }}
    where {{ segmentation.changed_now() }}
    union distinct
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
