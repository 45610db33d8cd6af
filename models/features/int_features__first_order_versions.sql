{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

with versions as (

    select
        version,
        trained_through,
        {% for input in segmentation.first_order_inputs() %}
        max(case when feature = '{{ input }}' then mean end) as {{ input }}_mean,
        max(case when feature = '{{ input }}' then coefficient / scale end)
            as {{ input }}_weight,
        {% endfor %}
        max(case when feature = 'intercept' then coefficient end) as intercept
    from {{ ref('prospect_parameters') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
    group by version, trained_through

),

ranked as (

    select
        dates.as_of_date,
        versions.*,
        versions.trained_through > dates.as_of_date as is_in_sample,
        row_number() over (
            partition by dates.as_of_date
            order by {{ segmentation.version_preference(
                'versions.trained_through', 'dates.as_of_date'
            ) }}
        ) as preference
    from versions
    cross join {{ ref('features__as_of_dates') }} as dates

),

final as (

    select
        as_of_date,
        version,
        {% for input in segmentation.first_order_inputs() %}
        {{ input }}_mean,
        {{ input }}_weight,
        {% endfor %}
        intercept,
        is_in_sample
    from ranked
    where preference = 1

)

select * from final
