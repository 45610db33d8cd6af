{{ segmentation.panel_score_config(dates='int_features__as_of_dates') }}

{%- set run = segmentation.run_to_continue() %}
{#- The months of the coming year end after so many days. -#}
{%- set month_days = [30, 61, 91, 122, 152, 183, 213, 243, 274, 304, 335, 365] %}
{%- set steps = [90, 180] + month_days %}
{#- Sums of integers are exact in any order; of floating numbers they are not. -#}
{%- set unit = '1e18' %}

with buyers as (

    select
        purchases.customer_id,
        purchases.as_of_date,
        purchases.gap_count as frequency,
        purchases.gap_days as recency_days,
        purchases.tenure_days as age_days,
        cast(purchases.tenure_days as double precision) / 7 as age_weeks,
        -- Refunded to nothing: the value of an order is as unknown as before.
        case when purchases.net_amount > 0 then purchases.gap_count + 1 else 0 end
            as valued_count,
        cast(
            case when purchases.net_amount > 0 then purchases.net_amount else 0 end
            as double precision
        ) as revenue,
        cast(
            case when purchases.net_amount > 0 then purchases.margin_amount else 0 end
            as double precision
        ) as margin,
        cast(purchases.net_amount_90d as double precision) as revenue_90d
    from {{ ref('int_features__purchases') }} as purchases
    inner join {{ ref('int_features__population') }} as population
        on
            purchases.customer_id = population.customer_id
            and purchases.as_of_date = population.as_of_date
    {% if run %}
    left join {{ this }} as known
        on
            purchases.customer_id = known.customer_id
            and purchases.as_of_date = known.as_of_date
    left join {{ ref('int_features__touched_customers') }} as touched
        on purchases.customer_id = touched.customer_id
    {% endif %}
    where
        purchases.order_count > 0
        and purchases.tenure_days is not null
        and population.is_profiled
        {{ 'and (known.customer_id is null or touched.customer_id is not null)'
            if run }}

),

scored as (

    select
        buyers.*,
        versions.version,
        versions.first_exit,
        versions.r,
        versions.alpha,
        versions.a,
        versions.b,
        versions.order_value_p,
        versions.order_value_q,
        versions.order_value_v,
        versions.order_value_p * versions.order_value_v
        / (versions.order_value_q - 1) as mean_order_value,
        versions.margin_share,
        versions.yearly_discount_rate,
        versions.tier_measure,
        -- In days, which are whole: each rounding counts once per return.
        (buyers.age_days - buyers.recency_days)
        / (7 * versions.alpha + buyers.recency_days) as silence_to_date,
        90 / 7e0 / (versions.alpha + buyers.age_weeks) as silence_90d
    from buyers
    inner join {{ ref('int_features__value_versions') }} as versions
        on buyers.as_of_date = versions.as_of_date

),

-- Many customers share a frequency and an age: each pair is computed once.
pairs as (

    select distinct
        version,
        frequency,
        age_days,
        alpha + age_weeks as scale_weeks,
        r + frequency as shape
    from scored

),

steps as (

    {% for days in steps %}
    select
        {{ days }} as step_days,
        cast({{ days }} as double precision) / 7 as step_weeks
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

growths as (

    select
        pairs.version,
        pairs.frequency,
        pairs.age_days,
        pairs.shape,
        steps.step_days,
        pairs.shape * steps.step_weeks / pairs.scale_weeks as orders_if_staying,
        weights.weight,
        weights.place * steps.step_weeks / pairs.scale_weeks as growth
    from pairs
    cross join steps
    inner join {{ ref('int_features__node_weights') }} as weights
        on
            pairs.version = weights.version
            and pairs.frequency = weights.frequency

),

exponents as (

    select
        version,
        frequency,
        age_days,
        step_days,
        orders_if_staying,
        weight / (shape * growth) as weight,
        shape * {{ segmentation.log_one_plus('growth') }} as exponent
    from growths

),

-- (1 - (1 + s)^-k) / p over its limit without leaving, k s / p.
shares as (

    select
        version,
        frequency,
        age_days,
        step_days,
        orders_if_staying,
        weight * {{ segmentation.one_minus_exp('exponent') }} as kept_share
    from exponents

),

kept as (

    select
        version,
        frequency,
        age_days,
        step_days,
        min(orders_if_staying)
        * cast(sum(cast(kept_share * {{ unit }} as bigint)) as double precision)
        / {{ unit }} as orders
    from shares
    group by version, frequency, age_days, step_days

),

orders as (

    select
        {% for days in steps %}
        max(case when step_days = {{ days }} then orders end) as orders_{{ days }}d,
        {% endfor %}
        version,
        frequency,
        age_days
    from kept
    group by version, frequency, age_days

),

silences as (

    select
        scored.*,
        -(r + frequency) * {{ segmentation.log_one_plus('silence_to_date') }}
            as log_silence_to_date,
        -(r + frequency) * {{ segmentation.log_one_plus('silence_90d') }}
            as log_silence_90d
    from scored

),

probabilities as (

    select
        silences.*,
        -- BG/NBD: nobody leaves before they have come back.
        case
            when silences.frequency + silences.first_exit = 0 then 0
            else
                silences.a / (silences.b + silences.frequency + silences.first_exit - 1)
                / {{ segmentation.exp_floored('silences.log_silence_to_date') }}
        end as odds_of_leaving,
        1 - {{ segmentation.exp_floored('silences.log_silence_90d') }}
            as order_probability_if_alive,
        silences.order_value_p * (silences.order_value_v + silences.revenue)
        / (silences.order_value_p * silences.valued_count + silences.order_value_q - 1)
            as expected_order_value,
        -- One mean order of mean margin steadies customers with few.
        case
            when silences.margin_share is null then 1
            else
                (silences.margin + silences.margin_share * silences.mean_order_value)
                / (silences.revenue + silences.mean_order_value)
        end as value_share,
        {% for days in month_days %}
        {{ segmentation.exp_floored(
            loop.index ~ ' / -12e0 * ln(1 + silences.yearly_discount_rate)'
        ) }} as discount_{{ loop.index }},
        {% endfor %}
        0e0 as discount_{{ month_days | length + 1 }}
    from silences

),

alive as (

    select
        probabilities.*,
        1 / (1 + odds_of_leaving) as probability_alive
    from probabilities

),

expected as (

    select
        alive.customer_id,
        alive.as_of_date,
        alive.version,
        alive.probability_alive,
        alive.probability_alive * alive.order_probability_if_alive
            as order_probability_90d,
        {% for days in [90, 180, 365] %}
        alive.probability_alive * orders.orders_{{ days }}d
            as expected_orders_{{ days }}d,
        {% endfor %}
        alive.expected_order_value,
        alive.value_share,
        -- What is expected, the own rate to date and the last window, one as good as
        -- the other: each errs in its own way.
        (
            alive.probability_alive * orders.orders_90d * alive.expected_order_value
            + alive.revenue * 90 / greatest(alive.age_days, 90)
            + alive.revenue_90d
        ) / 3 as combined_spend,
        alive.tier_measure,
        alive.probability_alive * (
            {% for days in month_days %}
            {{ '+' if not loop.first }} orders.orders_{{ days }}d * (
                alive.discount_{{ loop.index }}
                - alive.discount_{{ loop.index + 1 }}
            )
            {% endfor %}
        ) as discounted_orders_365d,
        alive.margin_share is not null as is_margin
    from alive
    inner join orders
        on
            alive.version = orders.version
            and alive.frequency = orders.frequency
            and alive.age_days = orders.age_days

),

rounded as (

    select
        expected.*,
        cast({{ segmentation.round_score(
            'discounted_orders_365d * expected_order_value * value_share'
        ) }} as numeric(18, 2)) as discounted_value_365d,
        cast({{ segmentation.round_score('combined_spend') }} as numeric(18, 2))
            as combined_spend_90d
    from expected

),

final as (

    select
        customer_id,
        as_of_date,
        version,
        probability_alive,
        order_probability_90d,
        {% for days in [90, 180, 365] %}
        expected_orders_{{ days }}d,
        {% endfor %}
        discounted_orders_365d,
        expected_order_value,
        discounted_value_365d,
        combined_spend_90d,
        case
            when tier_measure = 'expected_value' then discounted_value_365d
            when tier_measure = 'combined_spend' then combined_spend_90d
        end as tier_value,
        is_margin
    from rounded

)

select * from final
