{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#- What each row adds to its customer from its effective date on. -#}
with movements as (

    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        effective_date,
        channel,
        case when is_order then 1 else 0 end as order_count,
        is_placement,
        campaign_id,
        gross_amount,
        discount_amount,
        net_amount,
        margin_amount,
        cast(0 as numeric(18, 2)) as refunded_amount
    from {{ ref('int_features__order_versions') }}
    union all
    -- A version leaves when the next one comes.
    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        ended_date as effective_date,
        channel,
        case when is_order then -1 else 0 end as order_count,
        false as is_placement,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        -gross_amount as gross_amount,
        -discount_amount as discount_amount,
        -net_amount as net_amount,
        -margin_amount as margin_amount,
        cast(0 as numeric(18, 2)) as refunded_amount
    from {{ ref('int_features__order_versions') }}
    where ended_date is not null
    union all
    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        effective_date,
        channel,
        -cancelled_count as order_count,
        false as is_placement,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(0 as numeric(18, 2)) as gross_amount,
        cast(0 as numeric(18, 2)) as discount_amount,
        -refunded_amount as net_amount,
        -refunded_margin_amount as margin_amount,
        refunded_amount
    from {{ ref('int_features__order_refunds') }}
    union all
    -- The next version of the order gives the same back from its own day on.
    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        ended_date as effective_date,
        channel,
        cancelled_count as order_count,
        false as is_placement,
        cast(null as {{ dbt.type_string() }}) as campaign_id,
        cast(0 as numeric(18, 2)) as gross_amount,
        cast(0 as numeric(18, 2)) as discount_amount,
        refunded_amount as net_amount,
        refunded_margin_amount as margin_amount,
        -refunded_amount as refunded_amount
    from {{ ref('int_features__order_refunds') }}
    where ended_date is not null

),

final as (

    select
        movements.source_system,
        movements.source_customer_id,
        movements.order_id,
        movements.order_date,
        movements.effective_date,
        {{ segmentation.days_between(
            'movements.order_date', 'movements.effective_date'
        ) }} as days_late,
        movements.order_count,
        movements.is_placement,
        movements.is_placement and movements.margin_amount is not null
            as is_margin_known,
        movements.campaign_id,
        movements.gross_amount,
        movements.discount_amount,
        movements.net_amount,
        movements.margin_amount,
        movements.refunded_amount,
        case
            when movements.channel in ('store', 'web', 'app', 'phone')
                then movements.channel
            when movements.channel = 'online' then 'web'
            when movements.channel <> 'unknown' then 'other'
        end as order_channel,
        movements.channel in ('web', 'app', 'online') as is_online,
        {{ segmentation.weekday('movements.order_date') }} in (0, 6) as is_weekend,
        {{ segmentation.hour_of('movements.ordered_local') }} as order_hour,
        movements.order_date < {{ segmentation.add_days('starts.data_starts_at', 60) }}
            as is_near_data_start
    from movements
    inner join {{ ref('int_features__data_starts') }} as starts
        on
            movements.source_system = starts.source_system
            and starts.entity = 'orders'

)

select * from final
