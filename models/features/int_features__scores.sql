{{ segmentation.panel_score_config(tells_changes=false) }}

{#- A cut that moves concerns whoever it passes: all rows are compared with before. -#}
{%- set run = segmentation.run_to_continue() %}
{%- set shown = [
    'is_profiled', 'recency_score', 'frequency_score', 'monetary_score',
    'discount_score', 'basket_score', 'variety_score', 'cut_basis',
    'expected_gap_days', 'tier_number', 'acquisition_cost_basis',
    'acquisition_cost_amount', 'growth_potential_amount', 'first_seen_date',
] -%}

with cuts as (

    {{ segmentation.cuts_by_date() }}

),

joined as (

    select
        purchases.*,
        categories.category_entropy,
        population.is_profiled,
        population.first_seen_date,
        population.is_profiled and purchases.order_count > 0 as is_scored,
        {{ segmentation.cut_columns() }},
        cuts.cut_basis,
        costs.acquisition_cost_basis,
        costs.acquisition_cost_amount
    from {{ ref('int_features__purchases') }} as purchases
    inner join {{ ref('int_features__population') }} as population
        on
            purchases.customer_id = population.customer_id
            and purchases.as_of_date = population.as_of_date
    left join {{ ref('int_features__categories') }} as categories
        on
            purchases.customer_id = categories.customer_id
            and purchases.as_of_date = categories.as_of_date
    left join cuts
        on purchases.as_of_date = cuts.as_of_date
    left join {{ ref('int_features__value_versions') }} as versions
        on purchases.as_of_date = versions.as_of_date
    left join {{ ref('int_features__value_scores') }} as expected
        on
            purchases.customer_id = expected.customer_id
            and purchases.as_of_date = expected.as_of_date
    left join {{ ref('int_features__acquisition_costs') }} as costs
        on
            purchases.as_of_date = costs.as_of_date
            and coalesce(purchases.first_campaign_id, '') = costs.first_campaign_id
            and purchases.first_order_month = costs.cohort_month
    where not purchases.is_reference

),

found as (

    select
        customer_id,
        as_of_date,
        is_profiled,
        first_seen_date,
        {{ segmentation.cut_scores() }},
        case when is_scored then cut_basis end as cut_basis,
        -- One pseudo-gap of the median buyer, in tenths of a day, steadies customers
        -- with few orders.
        case
            when is_scored
                then {{ segmentation.ratio(
                    '10 * gap_days + ' ~ segmentation.rounded_ratio('10 * mean_gap_1', 1),
                    '10 * (gap_count + 1)'
                ) }}
        end as expected_gap_days,
        is_scored and is_observed_365d as has_peers,
        -- Who ordered before the data began has been there for long.
        case
            when is_tenure_censored or tenure_days > 365 then 3
            when tenure_days > 90 then 2
            else 1
        end as tenure_band,
        net_amount_365d,
        case
            when first_order_date is null then 'no_orders'
            when is_tenure_censored then 'tenure_censored'
            else coalesce(acquisition_cost_basis, 'cost_unknown')
        end as acquisition_cost_basis,
        case when not is_tenure_censored then acquisition_cost_amount end
            as acquisition_cost_amount
    from joined

),

-- Of customers with as much revenue, who have been there for as long.
peers as (

    select
        as_of_date,
        monetary_score,
        tenure_band,
        -- In whole units: one late order must not move all of its peers by a cent.
        floor(
            percentile_disc(0.75) within group (order by net_amount_365d) + 0.5
        ) as upper_amount
    from found
    where has_peers
    group by as_of_date, monetary_score, tenure_band

),

graded as (

    select
        found.*,
        case
            when found.has_peers
                then greatest(peers.upper_amount - found.net_amount_365d, 0)
        end as growth_potential_amount
    from found
    left join peers
        on
            found.as_of_date = peers.as_of_date
            and found.monetary_score = peers.monetary_score
            and found.tenure_band = peers.tenure_band

),

final as (

    select
        graded.customer_id,
        graded.as_of_date,
        {% for name in shown %}
        graded.{{ name }},
        {% endfor %}
        cast(
            {% if run %}
            case
                when
                    known.customer_id is not null
                    and not ({{ segmentation.any_differs(shown, 'graded', 'known') }})
                    then known.changed_in_run
                else {{ run.number }}
            end
            {% else %}
            {{ segmentation.run_number() }}
            {% endif %}
            as bigint
        ) as changed_in_run
    from graded
    {% if run %}
    left join {{ this }} as known
        on
            graded.customer_id = known.customer_id
            and graded.as_of_date = known.as_of_date
    left join {{ ref('int_features__touched_customers') }} as touched
        on graded.customer_id = touched.customer_id
    where
        known.customer_id is null
        or touched.customer_id is not null
        or {{ segmentation.any_differs(shown, 'graded', 'known') }}
    {% endif %}

)

select * from final
