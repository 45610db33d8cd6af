{{ config(
    schema=segmentation.segmentation_schema('restricted'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set money = segmentation.sql_type('numeric(18, 2)') %}

with reached as (

    select
        count(*) as reached_count,
        coalesce(
            sum(case when customers.is_unlikely_first_buyer then 1 else 0 end), 0
        ) as unlikely_count
    from {{ ref('int_activation__customers') }} as customers
    inner join {{ ref('contact__reachability') }} as reachability
        on
            customers.customer_id = reachability.customer_id
            and reachability.channel = 'ads'
            and reachability.is_reachable

),

spend as (

    select sum(spend_amount) as spend_amount_90d
    from {{ ref('input__ad_spend') }}
    where
        spend_date > {{ segmentation.add_days(segmentation.as_of_date(), -90) }}
        and spend_date <= {{ segmentation.as_of_date() }}

),

final as (

    select
        cutoff.past_date,
        {{ segmentation.round_score('cutoff.probability_cutoff') }}
            as probability_cutoff,
        cast(cutoff.past_prospect_count as {{ dbt.type_bigint() }})
            as past_prospect_count,
        cast(cutoff.past_order_count as {{ dbt.type_bigint() }}) as past_order_count,
        cast(cutoff.below_prospect_count as {{ dbt.type_bigint() }})
            as below_prospect_count,
        cast(cutoff.below_order_count as {{ dbt.type_bigint() }}) as below_order_count,
        {% for end, sign in [('lower', '-'), ('upper', '+')] %}
        {{ segmentation.wilson_bound(
            'cutoff.below_order_count', 'cutoff.below_prospect_count', sign
        ) }} as below_order_rate_{{ end }},
        {% endfor %}
        cast(reached.reached_count as {{ dbt.type_bigint() }}) as reached_count,
        cast(reached.unlikely_count as {{ dbt.type_bigint() }}) as unlikely_count,
        cast(spend.spend_amount_90d as {{ money }}) as spend_amount_90d,
        cast(
            spend.spend_amount_90d * reached.unlikely_count
            / nullif(reached.reached_count, 0) as {{ money }}
        ) as spend_avoided_90d,
        cast(
            'advertising of 90 days, spread evenly over whom it may reach' as {{ text }}
        ) as spend_basis,
        -- Needs orders of unlikely buyers who were shown advertising by lot.
        cast(null as {{ money }}) as saving_amount_90d,
        cast('no holdout of unlikely first buyers' as {{ text }}) as saving_reason
    from {{ ref('int_activation__first_order_cutoff') }} as cutoff
    cross join reached
    cross join spend

)

select * from final
