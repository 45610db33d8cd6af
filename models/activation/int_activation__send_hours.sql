{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set hours = range(24) %}
{#-
    The usual hour leans on the 24 half activities of a prior that all customers give:
    with as many of one's own, or more, these weigh at least as much.
-#}
{%- set least_count = 12 %}

with customers as (

    select
        customer_id,
        primary_segment as segment_code
    from {{ ref('segments__customers') }}

),

-- Who objects to profiling has no hour of their own and lends theirs to nobody.
profiled as (

    select
        customers.customer_id,
        customers.segment_code,
        {% for hour in hours %}
        hours.hour_{{ hour }}_count,
        {% endfor %}
        (
            {% for hour in hours %}
            hours.hour_{{ hour }}_count {{ '' if loop.last else '+' }}
            {% endfor %}
        ) as event_count
    from {{ ref('int_features__hours') }} as hours
    inner join customers on hours.customer_id = customers.customer_id
    where hours.as_of_date = {{ segmentation.as_of_date() }} and hours.is_profiled

),

summed as (

    select
        segment_code,
        {% for hour in hours %}
        sum(hour_{{ hour }}_count) as hour_{{ hour }}_count,
        {% endfor %}
        sum(event_count) as event_count
    from profiled
    group by segment_code

),

norms as (

    select * from {{ ref('int_features__norms') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

everyone as (

    select {{ segmentation.first_largest(hours, 'hour_', '_tenths') }} as usual_hour
    from norms

),

-- As the hour of a customer is found, in tenths.
weighed as (

    select
        summed.segment_code,
        {% for hour in hours %}
        10 * summed.hour_{{ hour }}_count + norms.hour_{{ hour }}_tenths
            as hour_{{ hour }}_weight,
        {% endfor %}
        summed.event_count
    from summed
    cross join norms
    where norms.hour_0_tenths is not null

),

segments as (

    select
        segment_code,
        {{ segmentation.first_largest(hours, 'hour_', '_weight') }} as usual_hour
    from weighed
    where event_count >= {{ least_count }}

),

owners as (

    select
        profiled.customer_id,
        usual.usual_hour
    from profiled
    inner join {{ ref('int_features__usual_hours') }} as usual
        on
            profiled.customer_id = usual.customer_id
            and usual.as_of_date = {{ segmentation.as_of_date() }}
    where profiled.event_count >= {{ least_count }}

),

final as (

    select
        customers.customer_id,
        case
            when owners.usual_hour is not null then 'customer'
            when profiled.customer_id is not null and segments.usual_hour is not null
                then 'segment'
            when everyone.usual_hour is not null then 'everyone'
        end as send_hour_basis,
        cast(
            coalesce(
                owners.usual_hour,
                case
                    when profiled.customer_id is not null then segments.usual_hour
                end,
                everyone.usual_hour
            ) as bigint
        ) as send_hour_local
    from customers
    left join profiled on customers.customer_id = profiled.customer_id
    left join owners on customers.customer_id = owners.customer_id
    left join segments on customers.segment_code = segments.segment_code
    cross join everyone

)

select * from final
