{{ config(schema=segmentation.segmentation_schema('internal')) }}

with interactions as (

    select
        source_system,
        source_customer_id,
        {{ segmentation.local_date('occurred_at') }} as interaction_date,
        sentiment_score
    from {{ ref('input__social_interactions') }}

),

final as (

    select
        source_system,
        source_customer_id,
        interaction_date,
        count(*) as interaction_count,
        count(sentiment_score) as sentiment_count,
        cast(coalesce(sum(sentiment_score), 0) as numeric(18, 6)) as sentiment_total
    from interactions
    group by source_system, source_customer_id, interaction_date

)

select * from final
