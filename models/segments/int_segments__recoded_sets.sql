{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    Intervals of a set change where a past row is computed anew, where the last code is
    another one than at the date before, and where one began or ended at the last date
    or at one that has left the panel.
-#}
{%- set run = segmentation.run_of_panel() %}

with dates as (

    select
        as_of_date,
        lag(as_of_date) over (order by as_of_date asc) as earlier_date,
        is_current
    from {{ ref('features__as_of_dates') }}

),

customers as (

    select distinct touched.customer_id
    from {{ ref('int_features__touched_rows') }} as touched
    inner join dates
        on touched.as_of_date = dates.as_of_date
    where not dates.is_current

),

latest as (

    select
        {% for column in segmentation.segment_sets().values() %}
        case
            when {{ segmentation.any_differs([column], 'latest', 'earlier') }}
                then true
        end as has_other_{{ column }},
        {% endfor %}
        latest.customer_id
    from {{ ref('segments__memberships') }} as latest
    inner join dates
        on latest.as_of_date = dates.as_of_date
    left join {{ ref('segments__memberships') }} as earlier
        on
            latest.customer_id = earlier.customer_id
            and dates.earlier_date = earlier.as_of_date
    where dates.is_current

),

{% if run %}
kept as (

    select
        kept.customer_id,
        kept.segment_set
    from {{ segmentation.relation_of(
        graph.nodes['model.segmentation.segments__intervals']
    ) }} as kept
    left join dates as starts
        on kept.valid_from = starts.as_of_date
    left join dates as ends
        on kept.valid_to = ends.as_of_date
    where
        starts.as_of_date is null
        or starts.is_current
        or (kept.valid_to is not null and ends.as_of_date is null)

),

{% endif %}
final as (

    {% for set_name, column in segmentation.segment_sets().items() %}
    select
        customer_id,
        cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set
    from customers
    union distinct
    select
        customer_id,
        cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set
    from latest
    where has_other_{{ column }}
    {% if not loop.last %}union distinct{% endif %}
    {% endfor %}
    {% if run %}
    union distinct
    select
        customer_id,
        segment_set
    from kept
    {% endif %}

)

select * from final
