{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set attributes = {
    'all': "'all'",
    'primary_segment': 'primary_segment',
    'value_tier': 'value_tier',
    'age_band': 'age_band',
    'region': 'region',
} %}

with people as (

    select people.*
    from {{ ref('int_measurement__experiment_people') }} as people
    inner join {{ ref('int_measurement__experiment_samples') }} as samples
        on people.experiment_code = samples.experiment_code
    where
        people.is_compared
        and samples.is_complete
        and samples.sample_ratio_p >= {{ segmentation.ratio_alarm() }}

),

sums as (

    {% for name, column in attributes.items() %}
    select
        experiment_code,
        arm,
        '{{ name }}' as attribute_name,
        {{ column }} as attribute_value,
        count(*) as customer_count,
        sum(ordered) as ordering_count,
        sum(revenue_amount) as revenue_amount,
        max(abs(revenue_amount)) as largest_amount
    from people
    group by experiment_code, arm{{ ', ' ~ column if name != 'all' }}
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

final as (

    select
        cast(sums.experiment_code as {{ text }}) as experiment_code,
        cast(sums.arm as {{ text }}) as arm,
        cast(sums.attribute_name as {{ text }}) as attribute_name,
        cast(sums.attribute_value as {{ text }}) as attribute_value,
        cast({{ segmentation.shared_count('sums.customer_count') }} as bigint)
            as customer_count,
        designs.planned_share,
        {{ segmentation.shared_mean(
            'sums.ordering_count', 'sums.customer_count', '1'
        ) }} as ordered_share,
        {{ segmentation.shared_mean(
            'sums.revenue_amount', 'sums.customer_count', 'sums.largest_amount'
        ) }} as mean_revenue
    from sums
    inner join {{ ref('int_measurement__experiment_designs') }} as designs
        on
            sums.experiment_code = designs.experiment_code
            and sums.arm = designs.arm

)

select * from final
