{{ config(schema=segmentation.segmentation_schema('internal')) }}

with versions as (

    select
        source_system,
        source_customer_id,
        order_id,
        {{ segmentation.local_time('ordered_at') }} as ordered_local,
        {{ segmentation.local_date('updated_at') }} as updated_date,
        lower(coalesce(channel, 'unknown')) as channel,
        gross_amount,
        discount_amount,
        net_amount,
        margin_amount,
        campaign_id,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, order_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) asc
        ) as version_number,
        lead({{ segmentation.local_date('updated_at') }}) over (
            partition by source_system, order_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) asc
        ) as replaced_date
    from {{ ref('input__orders') }}

),

dated as (

    select
        versions.*,
        cast(ordered_local as date) as order_date,
        -- The first version counts from the order itself, a later one from its update.
        case
            when version_number = 1 or updated_date < cast(ordered_local as date)
                then cast(ordered_local as date)
            else updated_date
        end as effective_date
    from versions

),

final as (

    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        effective_date,
        case
            when replaced_date < effective_date then effective_date else replaced_date
        end as ended_date,
        channel,
        gross_amount,
        discount_amount,
        net_amount,
        margin_amount,
        campaign_id,
        -- A basket without value keeps its revenue but is not an order.
        net_amount > 0 as is_order,
        -- Placed by the first version with value, again if customer or day change.
        net_amount > 0 and row_number() over (
            partition by
                source_system,
                order_id,
                source_customer_id,
                order_date,
                case when net_amount > 0 then 1 else 0 end
            order by version_number asc
        ) = 1 as is_placement
    from dated
    where not is_deleted

)

select * from final
