{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view',
    contract={'enforced': true}
) }}

{#- A window that the data do not cover says nothing, not zero. -#}
{%- set families = {'page': 'web', 'product': 'product', 'message': 'message'} %}

with final as (

    select
        population.customer_id,
        population.as_of_date,
        {{ segmentation.days_between(
            'population.first_seen_date', 'population.as_of_date'
        ) }} as days_since_first_seen,
        {% for name in segmentation.first_order_counts() %}
        {%- set family = families.get(name.split('_')[0], 'web') %}
        case
            when windows.is_{{ family }}_observed_{{ name.split('_')[-1] }}
                then engagement.{{ name }}
        end as {{ name }},
        {% endfor %}
        -- How many were sent is the company's doing; that one was, is the customer's.
        case
            when not windows.is_message_observed_90d then null
            when engagement.message_sent_count_90d > 0 then cast(1 as bigint)
            else cast(0 as bigint)
        end as has_message,
        case
            when not windows.is_web_observed_90d then null
            when engagement.last_visit_date is null then cast(0 as bigint)
            else cast(1 as bigint)
        end as has_visited,
        -- What no visit costs or gains is said by has_visited.
        case
            when windows.is_web_observed_90d
                then coalesce({{ segmentation.days_between(
                    'engagement.last_visit_date', 'population.as_of_date'
                ) }}, 0)
        end as days_since_last_visit
    from {{ ref('int_features__population') }} as population
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on population.as_of_date = dates.as_of_date
    inner join {{ ref('int_features__purchase_sums') }} as purchases
        on
            population.customer_id = purchases.customer_id
            and population.as_of_date = purchases.as_of_date
    inner join {{ ref('int_features__engagement_sums') }} as engagement
        on
            population.customer_id = engagement.customer_id
            and population.as_of_date = engagement.as_of_date
    inner join {{ ref('int_features__engagement_windows') }} as windows
        on population.as_of_date = windows.as_of_date
    -- Without orders everybody would seem not to have ordered.
    where
        dates.is_observed_90d
        and not population.is_reference
        and population.is_profiled
        and population.first_seen_date is not null
        and purchases.first_order_date is null

)

select * from final
