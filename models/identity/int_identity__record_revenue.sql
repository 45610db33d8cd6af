{{ config(schema=segmentation.segmentation_schema('internal')) }}

with order_versions as (

    select
        source_system,
        source_customer_id,
        order_id,
        net_amount,
        coalesce(is_deleted, false) as is_deleted,
        row_number() over (
            partition by source_system, order_id
            order by coalesce(updated_at, cast('1900-01-01' as timestamp)) desc
        ) as version_rank
    from {{ ref('input__orders') }}

),

cancelled as (

    select distinct
        source_system,
        order_id
    from {{ ref('input__order_changes') }}
    where change_type = 'cancelled'

),

final as (

    select
        order_versions.source_system,
        order_versions.source_customer_id,
        cast(sum(order_versions.net_amount) as numeric(18, 2)) as revenue
    from order_versions
    left join cancelled
        on
            order_versions.source_system = cancelled.source_system
            and order_versions.order_id = cancelled.order_id
    where
        order_versions.version_rank = 1
        and not order_versions.is_deleted
        and order_versions.net_amount > 0
        and cancelled.order_id is null
    group by order_versions.source_system, order_versions.source_customer_id

)

select * from final
