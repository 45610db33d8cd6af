{{ segmentation.panel_row_config('internal') }}

{%- set run = segmentation.run_to_continue() %}

-- In tenths, as the norms are, so that the comparison is of whole numbers.
with weighed as (

    select
        hours.customer_id,
        {% for hour in range(24) %}
        10 * hours.hour_{{ hour }}_count + norms.hour_{{ hour }}_tenths
            as hour_{{ hour }}_weight,
        {% endfor %}
        hours.as_of_date
    from {{ ref('int_features__hours') }} as hours
    inner join {{ ref('int_features__norms') }} as norms
        on hours.as_of_date = norms.as_of_date
    {{ segmentation.only_touched('hours', run) }}
    where hours.is_profiled and norms.hour_0_tenths is not null

),

final as (

    select
        customer_id,
        as_of_date,
        cast(
            {{ segmentation.first_largest(range(24), 'hour_', '_weight') }} as bigint
        ) as usual_hour
    from weighed

)

select * from final
