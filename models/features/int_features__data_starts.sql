{{ config(schema=segmentation.segmentation_schema('internal')) }}

with starts as (

    select
        'orders' as entity,
        'order' as family,
        source_system,
        {{ segmentation.local_date('min(ordered_at)') }} as data_starts_at
    from {{ ref('input__orders') }}
    group by source_system
    union all
    select
        'events' as entity,
        'web' as family,
        source_system,
        min(event_date) as data_starts_at
    from {{ ref('int_features__event_days') }}
    where web_visit_count + app_visit_count > 0
    group by source_system
    union all
    select
        'events' as entity,
        'product' as family,
        source_system,
        min(event_date) as data_starts_at
    from {{ ref('int_features__event_days') }}
    where product_use_count > 0
    group by source_system
    union all
    select
        'messages' as entity,
        'message' as family,
        source_system,
        min(message_date) as data_starts_at
    from {{ ref('int_features__message_days') }}
    group by source_system
    union all
    select
        'support_tickets' as entity,
        'service' as family,
        source_system,
        {{ segmentation.local_date('min(opened_at)') }} as data_starts_at
    from {{ ref('input__support_tickets') }}
    group by source_system
    union all
    select
        'social_interactions' as entity,
        'social' as family,
        source_system,
        min(interaction_date) as data_starts_at
    from {{ ref('int_features__social_days') }}
    group by source_system

),

final as (

    select
        cast(entity as {{ dbt.type_string() }}) as entity,
        cast(family as {{ dbt.type_string() }}) as family,
        source_system,
        data_starts_at
    from starts

)

select * from final
