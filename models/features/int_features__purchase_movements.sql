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

changes as (

    select
        source_system,
        order_id,
        change_type,
        amount,
        {{ segmentation.local_date('changed_at') }} as changed_date,
        row_number() over (
            partition by source_system, order_id, change_type
            order by changed_at asc
        ) as change_number
    from {{ ref('input__order_changes') }}

),

-- What each row adds to the customer from its effective date on.
movements as (

    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        effective_date,
        channel,
        1 as direction,
        version_number = 1 as is_placement,
        gross_amount,
        discount_amount,
        net_amount,
        margin_amount,
        cast(0 as numeric(18, 2)) as refunded_amount
    from dated
    where not is_deleted
    union all
    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        case
            when replaced_date < effective_date then effective_date else replaced_date
        end as effective_date,
        channel,
        -1 as direction,
        false as is_placement,
        -gross_amount as gross_amount,
        -discount_amount as discount_amount,
        -net_amount as net_amount,
        -margin_amount as margin_amount,
        cast(0 as numeric(18, 2)) as refunded_amount
    from dated
    where not is_deleted and replaced_date is not null
    union all
    select
        dated.source_system,
        dated.source_customer_id,
        dated.order_id,
        dated.ordered_local,
        dated.order_date,
        case
            when changes.changed_date < dated.effective_date then dated.effective_date
            else changes.changed_date
        end as effective_date,
        dated.channel,
        case when changes.change_type = 'cancelled' then -1 else 0 end as direction,
        false as is_placement,
        cast(0 as numeric(18, 2)) as gross_amount,
        cast(0 as numeric(18, 2)) as discount_amount,
        -coalesce(changes.amount, dated.net_amount) as net_amount,
        cast(null as numeric(18, 2)) as margin_amount,
        coalesce(changes.amount, dated.net_amount) as refunded_amount
    from changes
    inner join dated
        on
            changes.source_system = dated.source_system
            and changes.order_id = dated.order_id
    where
        not dated.is_deleted
        and dated.replaced_date is null
        -- An order can be returned in parts, but cancelled only once.
        and (changes.change_type <> 'cancelled' or changes.change_number = 1)

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
        -- A basket without value keeps its revenue but is not an order.
        case
            when movements.direction = 1 and movements.net_amount > 0 then 1
            when movements.direction = -1 and movements.net_amount < 0 then -1
            else 0
        end as order_count,
        movements.is_placement and movements.net_amount > 0 as is_placement,
        movements.gross_amount,
        movements.discount_amount,
        movements.net_amount,
        movements.margin_amount,
        movements.refunded_amount,
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
