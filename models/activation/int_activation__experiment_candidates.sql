{{ config(
    schema=segmentation.segmentation_schema('restricted'), materialized='view'
) }}

{%- set text = dbt.type_string() %}

with final as (

    {% for experiment in segmentation.experiments() %}
    select
        '{{ experiment.code }}' as experiment_code,
        customers.customer_id,
        {{ segmentation.drawn_arm(experiment, 'customers.customer_id') }} as arm,
        customers.primary_segment,
        {{ segmentation.layer_slot(experiment, 'customers.customer_id') }} as slot,
        coalesce(
            customers.days_since_last_order < {{ var('segmentation_response_days') }},
            false
        ) as has_just_ordered,
        {{ segmentation.experiment_runs(experiment, segmentation.as_of_date()) }}
            as is_running
    from {{ ref('int_activation__customers') }} as customers
    inner join {{ ref('contact__reachability') }} as reachability
        on
            customers.customer_id = reachability.customer_id
            and reachability.channel = '{{ experiment.channel }}'
            and reachability.is_reachable
    where
        {{ segmentation.rule_sql(experiment) }}
        and {{ segmentation.layer_slot(experiment, 'customers.customer_id') }}
        between {{ experiment.slots[0] }} and {{ experiment.slots[1] - 1 }}
        and {{ segmentation.as_of_date() }}
        <= {{ segmentation.date_literal(experiment.ends_on) }}
    union all
    {% endfor %}
    select
        cast(null as {{ text }}) as experiment_code,
        customer_id,
        cast(null as {{ text }}) as arm,
        primary_segment,
        cast(null as {{ dbt.type_bigint() }}) as slot,
        false as has_just_ordered,
        false as is_running
    from {{ ref('int_activation__customers') }}
    where 1 = 0

)

select * from final
