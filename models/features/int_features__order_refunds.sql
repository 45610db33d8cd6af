{{ config(
    schema=segmentation.segmentation_schema('internal'), materialized='view'
) }}

{% set earlier -%}
    partition by source_system, order_id
    order by changed_at asc, change_type asc
    rows between unbounded preceding and 1 preceding
{%- endset %}

with changes as (

    select
        source_system,
        order_id,
        change_type,
        amount,
        changed_at,
        {{ segmentation.local_date('changed_at') }} as changed_date,
        row_number() over (
            partition by source_system, order_id, change_type
            order by changed_at asc
        ) as change_number
    from {{ ref('input__order_changes') }}

),

-- An order can be returned in parts, but cancelled only once.
counted_changes as (

    select
        changes.*,
        sum(amount) over ({{ earlier }}) as earlier_amount,
        count(case when amount is null then 1 end) over ({{ earlier }})
            as earlier_whole_count
    from changes
    where change_type <> 'cancelled' or change_number = 1

),

-- Nobody gets back more than is left of the order; no amount means all of that.
given_back as (

    select
        versions.*,
        changes.changed_date,
        cast(
            case
                when changes.earlier_whole_count > 0 then 0
                else
                    greatest(
                        least(
                            coalesce(changes.amount, versions.net_amount),
                            versions.net_amount - coalesce(changes.earlier_amount, 0)
                        ),
                        0
                    )
            end as numeric(18, 2)
        ) as refunded_amount,
        case
            when changes.change_type = 'cancelled' and versions.is_order then 1
            else 0
        end as cancelled_count
    from counted_changes as changes
    inner join {{ ref('int_features__order_versions') }} as versions
        on
            changes.source_system = versions.source_system
            and changes.order_id = versions.order_id
    where changes.changed_date < versions.ended_date or versions.ended_date is null

),

-- The margin's share in whole cents, half a cent away from zero: engines disagree about
-- the halves of a quotient of decimals.
shares as (

    select
        given_back.*,
        cast(net_amount * 100 as numeric(38, 0)) * 2 as divisor,
        abs(cast(margin_amount * 100 as numeric(38, 0)))
        * cast(refunded_amount * 100 as numeric(38, 0)) * 2
        + cast(net_amount * 100 as numeric(38, 0)) as dividend
    from given_back

),

final as (

    select
        source_system,
        source_customer_id,
        order_id,
        ordered_local,
        order_date,
        greatest(changed_date, effective_date) as effective_date,
        ended_date,
        channel,
        cancelled_count,
        refunded_amount,
        cast(
            case
                when refunded_amount = net_amount then margin_amount
                when net_amount > 0
                    then
                        case when margin_amount < 0 then -0.01 else 0.01 end
                        * ((dividend - mod(dividend, divisor)) / divisor)
                else 0
            end as numeric(18, 2)
        ) as refunded_margin_amount
    from shares

)

select * from final
