{{ segmentation.panel_row_config('internal') }}

{%- set run = segmentation.run_to_continue() %}

with touched_customers as (

    select customers.*
    from {{ ref('features__customers') }} as customers
    {{ segmentation.only_touched('customers', run) }}

),

customers as (

    select
        touched_customers.*,
        scores.tier_number,
        behavior_clusters.segment_code as behavior_cluster,
        attitude_clusters.segment_code as psychographic_cluster
    from touched_customers
    left join {{ ref('int_features__scores') }} as scores
        on
            touched_customers.customer_id = scores.customer_id
            and touched_customers.as_of_date = scores.as_of_date
    left join {{ ref('int_segments__behavior_clusters') }} as behavior_clusters
        on
            touched_customers.customer_id = behavior_clusters.customer_id
            and touched_customers.as_of_date = behavior_clusters.as_of_date
    left join {{ ref('int_segments__psychographic_clusters') }} as attitude_clusters
        on
            touched_customers.customer_id = attitude_clusters.customer_id
            and touched_customers.as_of_date = attitude_clusters.as_of_date

),

final as (

    select
        customer_id,
        as_of_date,
        {{ segmentation.layer_codes() }}
    from customers

)

select * from final
