{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set has_consents = segmentation.entity_sources('consents') | length > 0 %}

with sized as (

    select
        reach.*,
        {{ segmentation.shared_count('reach.customer_count') }} as shared_customers,
        {{ segmentation.shared_part('reach.identified_count', 'reach.customer_count') }}
            as shared_identified,
        {{ segmentation.shared_part('reach.reachable_count', 'reach.customer_count') }}
            as shared_reachable,
        {{ segmentation.shared_mean(
            'economics.ordering_count', 'economics.customer_count', '1'
        ) }} as ordering_rate
    from {{ ref('int_segments__reach') }} as reach
    inner join {{ ref('int_segments__economics') }} as economics
        on reach.segment_code = economics.segment_code

),

placed as (

    select
        sized.*,
        cast(shared_customers as double precision)
        / sum(shared_customers) over (partition by channel) as customer_share
    from sized

),

minimums as (

    select
        channel,
        min(minimum_members) as platform_minimum
    from {{ ref('platform_limits') }}
    group by channel

),

statements as (

    select
        segment_code,
        value,
        source || ' of ' || cast(stated_on as {{ dbt.type_string() }}) as basis,
        row_number() over (
            partition by segment_code
            order by stated_on desc
        ) as statement_rank
    from {{ ref('market_inputs') }}
    where
        dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        and measure = 'addressable_customers'
        and stated_on <= {{ segmentation.as_of_date() }}

),

-- Said of the segment, else its part of the whole market, else those it has.
addressed as (

    select
        placed.*,
        case
            when own.value is not null then own.value
            when market.value is not null
                then floor(market.value * placed.customer_share)
            else placed.shared_customers
        end as addressable,
        case
            when own.value is not null then own.basis
            when market.value is not null
                then market.basis || ', in proportion to own customers'
            else 'own identified customers'
        end as addressable_basis
    from placed
    left join statements as own
        on
            placed.segment_code = own.segment_code
            and own.statement_rank = 1
    left join statements as market
        on
            market.segment_code is null
            and market.statement_rank = 1

),

final as (

    select
        cast(addressed.segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(addressed.channel as {{ dbt.type_string() }}) as channel,
        cast(addressed.addressable_basis as {{ dbt.type_string() }})
            as addressable_basis,
        cast(
            case
                when addressed.shared_customers is null then 'suppressed'
                {% if not has_consents %}
                when true then 'no_consents'
                {% endif %}
                when addressed.shared_reachable is null then 'withheld'
                when addressed.shared_reachable < minimums.platform_minimum
                    then 'below_platform_minimum'
                else 'shown'
            end as {{ dbt.type_string() }}
        ) as status,
        cast(addressed.shared_customers as bigint) as customer_count,
        -- A market is never smaller than the customers who were won in it.
        cast(
            greatest(addressed.addressable, addressed.shared_customers) as bigint
        ) as addressable_count,
        cast(addressed.shared_identified as bigint) as identified_count,
        cast(addressed.shared_reachable as bigint) as reachable_count,
        cast(minimums.platform_minimum as bigint) as platform_minimum,
        {{ segmentation.ratio(
            'addressed.shared_identified', 'addressed.shared_customers'
        ) }} as identification_rate,
        {{ segmentation.ratio(
            'addressed.shared_reachable', 'addressed.shared_customers'
        ) }} as reach_rate,
        -- Half of them against the other half.
        {{ segmentation.detectable_difference(
            'addressed.ordering_rate',
            'addressed.shared_reachable / 2e0',
            'addressed.shared_reachable / 2e0'
        ) }} as detectable_difference
    from addressed
    left join minimums
        on addressed.channel = minimums.channel

)

select * from final
