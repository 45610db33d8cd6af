{{ segmentation.panel_config(dates='int_features__as_of_dates') }}

{%- set weighted_log = segmentation.round_score(
    'cast(net_amount as double precision) * ln(cast(net_amount as double precision))'
) -%}

{%- set run = segmentation.run_to_continue() %}

{% set panel -%}
    partition by first_bought.customer_id, first_bought.category
    order by dates.as_of_date asc
    rows between unbounded preceding and current row
{%- endset %}

with bought_months as (

    select distinct bought_month
    from {{ ref('int_features__category_months') }}

),

buckets as (

    select
        bought_months.bought_month,
        min(dates.as_of_date) as as_of_date
    from bought_months
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on bought_months.bought_month <= dates.as_of_date
    group by bought_months.bought_month

),

partials as (

    select
        months.customer_id,
        months.category,
        buckets.as_of_date,
        sum(months.net_amount) as net_amount,
        sum(months.private_label_amount) as private_label_amount,
        sum(months.new_product_count) as new_product_count
    from {{ ref('int_features__category_months') }} as months
    inner join buckets
        on months.bought_month = buckets.bought_month
    {{ segmentation.only_touched('months', run) }}
    group by months.customer_id, months.category, buckets.as_of_date

),

first_bought as (

    select
        customer_id,
        category,
        min(as_of_date) as first_as_of_date
    from partials
    group by customer_id, category

),

running as (

    select
        first_bought.customer_id,
        dates.as_of_date,
        first_bought.category,
        sum(coalesce(partials.net_amount, 0)) over ({{ panel }}) as net_amount,
        sum(coalesce(partials.private_label_amount, 0)) over ({{ panel }})
            as private_label_amount,
        sum(coalesce(partials.new_product_count, 0)) over ({{ panel }}) as product_count
    from first_bought
    inner join {{ ref('int_features__as_of_dates') }} as dates
        on first_bought.first_as_of_date <= dates.as_of_date
    left join partials
        on
            first_bought.customer_id = partials.customer_id
            and first_bought.category = partials.category
            and dates.as_of_date = partials.as_of_date

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
        {% for rank in [1, 2, 3] %}
        max(
            case when category_rank = {{ rank }} and net_amount > 0 then category end
        ) as category_{{ rank }},
        max(
            case when category_rank = {{ rank }} and net_amount > 0 then net_amount end
        ) as category_{{ rank }}_amount,
        {% endfor %}
        max(case when category_rank = 1 then net_amount end) as top_category_amount
    from ranked
    group by customer_id, as_of_date

),

final as (

    select
        summed.customer_id,
        summed.as_of_date,
        {% for rank in [1, 2, 3] %}
        summed.category_{{ rank }},
        {% endfor %}
        summed.product_count,
        summed.category_count,
        case
            when summed.net_amount > 0
                then {{ segmentation.round_score(
                    'greatest(ln(cast(summed.net_amount as double precision))'
                    ~ ' - cast(summed.weighted_logs as double precision)'
                    ~ ' / cast(summed.net_amount as double precision), 0)'
                ) }}
        end as category_entropy,
        {{ segmentation.ratio('summed.top_category_amount', 'summed.net_amount') }}
            as top_category_share,
        {% for rank in [1, 2, 3] %}
        cast(summed.category_{{ rank }}_amount as numeric(18, 2))
            as category_{{ rank }}_amount,
        {% endfor %}
        cast(summed.net_amount as numeric(18, 2)) as net_amount,
        {{ segmentation.ratio('summed.private_label_amount', 'summed.net_amount') }}
            as private_label_share,
        population.is_profiled
    from summed
    inner join {{ ref('int_features__population') }} as population
        on
            summed.customer_id = population.customer_id
            and summed.as_of_date = population.as_of_date

)

select * from final
