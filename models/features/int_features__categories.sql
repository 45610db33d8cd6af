{{ segmentation.panel_config(dates='int_features__as_of_dates') }}

{%- set weighted_log = segmentation.round_score(
    'cast(net_amount as double precision) * ln(cast(net_amount as double precision))'
) -%}

with first_bought as (

    select
        customer_id,
        category,
        min(as_of_date) as first_as_of_date
    from {{ ref('int_features__category_partials') }}
    group by customer_id, category

),

running as (

    select
        first_bought.customer_id,
        dates.as_of_date,
        first_bought.category,
        sum(coalesce(partials.net_amount, 0)) over panel as net_amount,
        sum(coalesce(partials.private_label_amount, 0)) over panel
            as private_label_amount,
        sum(coalesce(partials.new_product_count, 0)) over panel as product_count
    from first_bought
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on first_bought.first_as_of_date <= dates.as_of_date
    left join {{ ref('int_features__category_partials') }} as partials
        on
            first_bought.customer_id = partials.customer_id
            and first_bought.category = partials.category
            and dates.as_of_date = partials.as_of_date
    window panel as (
        partition by first_bought.customer_id, first_bought.category
        order by dates.as_of_date asc
        rows between unbounded preceding and current row
    )

),

ranked as (

    select
        running.*,
        row_number() over (
            partition by customer_id, as_of_date
            order by net_amount desc, {{ segmentation.binary_order('category') }} asc
        ) as category_rank
    from running

),

summed as (

    select
        customer_id,
        as_of_date,
        cast(sum(product_count) as bigint) as product_count,
        cast(sum(case when net_amount > 0 then 1 else 0 end) as bigint)
            as category_count,
        sum(net_amount) as net_amount,
        sum(private_label_amount) as private_label_amount,
        -- Exact sums of rounded terms: a sum of floats depends on the order of rows.
        sum(
            case
                when net_amount > 0
                    then cast({{ weighted_log }} as numeric(28, 9))
                else 0
            end
        ) as weighted_logs,
        max(case when category_rank = 1 and net_amount > 0 then category end)
            as top_category,
        max(case when category_rank = 1 then net_amount end) as top_category_amount
    from ranked
    group by customer_id, as_of_date

),

final as (

    select
        customer_id,
        as_of_date,
        top_category,
        product_count,
        category_count,
        case
            when net_amount > 0
                then {{ segmentation.round_score(
                    'greatest(ln(cast(net_amount as double precision))'
                    ~ ' - cast(weighted_logs as double precision)'
                    ~ ' / cast(net_amount as double precision), 0)'
                ) }}
        end as category_entropy,
        {{ segmentation.ratio('top_category_amount', 'net_amount') }}
            as top_category_share,
        {{ segmentation.ratio('private_label_amount', 'net_amount') }}
            as private_label_share
    from summed

)

select * from final
