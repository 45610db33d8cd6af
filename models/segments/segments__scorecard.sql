{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{#-
    Whether each primary segment is large enough, can be reached and is told apart from
    its nearest neighbour, how attractive it is, and what that suggests.
-#}
{%- set bounds = segmentation.scorecard_setting('segment_size') %}
{%- set least_reach = segmentation.scorecard_setting('least_reach_share') %}
{%- set has_contact = segmentation.entity_sources('consents') | length > 0 %}
{%- set conditions = segmentation.rule_conditions() %}
{%- set features = conditions | map(attribute='feature') | unique | list %}
{%- set assumed_rate = segmentation.scorecard_setting('assumed_margin_rate') %}

with dates as (

    {{ segmentation.outcome_dates() }}

),

declared as (

    select distinct
        segment_code,
        segment_label
    from {{ ref('segments__definitions') }}
    where segment_set = 'primary' and segment_code <> 'otherwise'

),

totals as (

    select
        sum(case when segment_code <> 'anonymous' then customer_count else 0 end)
            as identified_count,
        sum(buyer_count) as buyer_count
    from {{ ref('int_segments__economics') }}

),

evidence as (

    select
        totals.identified_count,
        coalesce(totals.buyer_count >= {{ var('segmentation_min_population') }}, false)
        and coalesce(dates.is_observed_180d, false) as is_evaluable
    from totals
    cross join {{ ref('int_features__as_of_dates') }} as dates
    where dates.is_current

),

-- A rule on what nobody's data say describes customers who cannot be found.
known as (

    select
        {% for feature in features %}
        sum(case when {{ segmentation.is_observed(feature) }} then 1 else 0 end)
            as {{ feature }}_count,
        {% endfor %}
        count(*) as customer_count
    from {{ ref('int_segments__layered_customers') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

named as (

    {% for row in conditions %}
    select
        '{{ row.set }}' as segment_set,
        '{{ row.code }}' as segment_code,
        {{ row.group }} as condition_group,
        '{{ row.operator }}' as operator,
        known.{{ row.feature }}_count as known_count
    from known
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

groups as (

    select
        segment_code,
        condition_group,
        max(known_count) as known_count
    from named
    where segment_set = 'primary' and operator <> 'is_null'
    group by segment_code, condition_group

),

collected as (

    select
        segment_code,
        min(known_count) as known_count
    from groups
    group by segment_code

),

sized as (

    select
        declared.segment_code,
        declared.segment_label,
        coalesce(economics.customer_count, 0) as customer_count,
        economics.expected_count,
        economics.service_tier,
        evidence.identified_count,
        evidence.is_evaluable,
        coalesce(collected.known_count, 1) = 0 as is_theoretical,
        cast({{ bounds.least_customers }} as double precision) as least_customers,
        ceiling({{ bounds.least_share }} * evidence.identified_count)
            as least_by_share,
        floor({{ bounds.most_share }} * evidence.identified_count) as most_by_share,
        ceiling(
            4e0 * economics.ordering_count
            * (economics.customer_count - economics.ordering_count)
            / nullif(economics.customer_count * economics.customer_count, 0)
            * 7.848879734 / {{ bounds.detectable_difference }}
            / {{ bounds.detectable_difference }}
        ) as least_by_test,
        {{ segmentation.shared_lower_mean(
            'economics.expected_revenue_365d', 'economics.expected_count',
            'economics.largest_expected_revenue'
        ) }} as lower_expected,
        {{ segmentation.shared_mean(
            'economics.expected_revenue_365d', 'economics.expected_count',
            'economics.largest_expected_revenue'
        ) }} as mean_expected,
        {{ segmentation.shared_mean(
            'economics.revenue_90d', 'economics.customer_count',
            'economics.largest_revenue_90d'
        ) }} as mean_revenue,
        case
            when economics.margin_revenue > 0
                then
                    floor(100e0 * economics.margin_amount / economics.margin_revenue)
                    / 100
            else {{ assumed_rate if assumed_rate is number else 'null' }}
        end as margin_rate,
        case
            when economics.margin_revenue > 0 then 'margin of its orders'
            else {{ "'assumed margin'" if assumed_rate is number else 'null' }}
        end as margin_basis
    from declared
    cross join evidence
    left join {{ ref('int_segments__economics') }} as economics
        on declared.segment_code = economics.segment_code
    left join collected
        on declared.segment_code = collected.segment_code

),

bounded as (

    select
        sized.*,
        greatest(least_customers, least_by_share, coalesce(least_by_test, 0))
            as least_count
    from sized

),

reached as (

    select
        segment_code,
        customer_count,
        reachable_count
    from {{ ref('int_segments__reach') }}
    where channel = 'any'

),

pairs as (

    select
        segment_code,
        other_code,
        max(abs(difference)) as largest_difference
    from {{ ref('int_segments__distinctness') }}
    where difference is not null
    group by segment_code, other_code
    -- A neighbour of few customers would be near by chance.
    having max(case when is_powered then 1 else 0 end) = 1

),

neighbours as (

    select
        segment_code,
        other_code,
        row_number() over (
            partition by segment_code
            order by largest_difference asc, other_code asc
        ) as neighbour_rank
    from pairs

),

compared as (

    select
        outcomes.segment_code,
        outcomes.other_code,
        outcomes.outcome,
        outcomes.category,
        outcomes.difference,
        outcomes.lower_bound,
        max(case when outcomes.is_distinct then 1 else 0 end)
            over (partition by outcomes.segment_code)
        = 1 as is_distinct,
        -- Without a tier in common, or with enough of one and nothing found there.
        max(
            case
                when
                    outcomes.is_distinct
                    and (
                        outcomes.is_distinct_in_tiers
                        or not outcomes.has_tiers
                        or (
                            outcomes.tier_difference is not null
                            and not outcomes.is_tier_powered
                        )
                    )
                    then 1
                else 0
            end
        ) over (partition by outcomes.segment_code) = 1 as is_more_than_value,
        row_number() over (
            partition by outcomes.segment_code
            order by
                case when outcomes.is_distinct_in_tiers then 0 else 1 end asc,
                case when outcomes.lower_bound is null then 1 else 0 end asc,
                outcomes.lower_bound desc,
                outcomes.outcome asc
        ) as outcome_rank
    from {{ ref('int_segments__distinctness') }} as outcomes
    inner join neighbours
        on
            outcomes.segment_code = neighbours.segment_code
            and outcomes.other_code = neighbours.other_code
            and neighbours.neighbour_rank = 1

),

-- Outcomes that training has seen say nothing of later ones.
trained as (

    select
        coalesce(
            max(case when versions.is_in_sample then 1 else 0 end) = 1, false
        ) as is_in_sample
    from {{ ref('int_features__value_versions') }} as versions
    inner join dates
        on versions.as_of_date = dates.past_date

),

attractive as (

    select
        segment_code,
        -- A rank by less than half of the weights would be one of something else.
        case
            when sum(case when is_known then weight else 0 end) >= 0.5
                then sum(effective_weight * score)
        end as attractiveness,
        sum(case when is_known then 0 else weight end) as missing_weight
    from {{ ref('segments__scorecard_factors') }}
    group by segment_code

),

fragile as (

    select
        segment_code,
        factor,
        rival_segment,
        weight_change_to_rival,
        row_number() over (
            partition by segment_code
            order by abs(weight_change_to_rival) asc, factor asc
        ) as change_rank
    from {{ ref('segments__scorecard_factors') }}
    where weight_change_to_rival is not null

),

judged as (

    select
        bounded.*,
        reached.reachable_count,
        compared.other_code as nearest_segment,
        compared.outcome,
        compared.category,
        compared.difference,
        compared.lower_bound,
        stability.kappa,
        stability.stay_rate,
        attractive.attractiveness,
        attractive.missing_weight,
        fragile.factor,
        fragile.rival_segment,
        fragile.weight_change_to_rival,
        case
            when not bounded.is_evaluable then 'not_evaluable'
            when bounded.customer_count > bounded.most_by_share then 'too_large'
            when bounded.customer_count < bounded.least_count then 'too_small'
            else 'viable'
        end as size_verdict,
        case
            when bounded.is_theoretical then 'theoretical'
            when not {{ 'true' if has_contact else 'false' }}
                or reached.customer_count is null
                then 'not_evaluable'
            when
                reached.reachable_count
                < {{ least_reach }} * reached.customer_count
                then 'unreachable'
            else 'reachable'
        end as access_verdict,
        case
            when
                not bounded.is_evaluable
                or compared.segment_code is null
                or trained.is_in_sample
                then 'not_evaluable'
            when compared.is_distinct and compared.is_more_than_value then 'distinct'
            when compared.is_distinct then 'value_only'
            else 'indistinct'
        end as distinctness_verdict,
        case
            when
                not bounded.is_evaluable
                or stability.kappa is null
                or stability.before_count < 30
                then 'not_evaluable'
            -- Slight agreement by Landis and Koch (1977).
            when stability.kappa < 0.2 then 'transitional'
            else 'stable'
        end as stability_verdict
    from bounded
    cross join trained
    left join reached
        on bounded.segment_code = reached.segment_code
    left join compared
        on
            bounded.segment_code = compared.segment_code
            and compared.outcome_rank = 1
    left join {{ ref('int_segments__stability') }} as stability
        on
            stability.segment_set = 'primary'
            and bounded.segment_code = stability.segment_code
    left join attractive
        on bounded.segment_code = attractive.segment_code
    left join fragile
        on
            bounded.segment_code = fragile.segment_code
            and fragile.change_rank = 1

),

ranked as (

    select
        judged.*,
        case
            when attractiveness is not null
                then row_number() over (
                        order by
                            case when attractiveness is null then 1 else 0 end asc,
                            attractiveness desc,
                            segment_code asc
                    )
        end as attractiveness_rank,
        count(attractiveness) over () as ranked_count
    from judged

),

final as (

    select
        cast(segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(segment_label as {{ dbt.type_string() }}) as segment_label,
        cast(size_verdict as {{ dbt.type_string() }}) as size_verdict,
        cast(
            case
                when size_verdict = 'too_large' then 'most_share'
                when size_verdict = 'not_evaluable' then null
                when least_count = least_by_test then 'detectable_difference'
                when least_count = least_by_share then 'least_share'
                else 'least_customers'
            end as {{ dbt.type_string() }}
        ) as size_bound_name,
        cast(access_verdict as {{ dbt.type_string() }}) as access_verdict,
        cast(distinctness_verdict as {{ dbt.type_string() }}) as distinctness_verdict,
        cast(nearest_segment as {{ dbt.type_string() }}) as nearest_segment,
        cast(coalesce(category, outcome) as {{ dbt.type_string() }})
            as distinct_outcome,
        cast(stability_verdict as {{ dbt.type_string() }}) as stability_verdict,
        cast(
            case
                when customer_count = 0 then 'observe'
                when access_verdict = 'theoretical' then 'collect'
                when size_verdict = 'too_large' then 'split'
                when size_verdict = 'too_small' then 'merge'
                when distinctness_verdict = 'indistinct' then 'merge'
                when access_verdict = 'unreachable' then 'ask_consent'
                when attractiveness_rank is null then 'observe'
                when 2 * attractiveness_rank <= ranked_count + 1 then 'invest'
                else 'maintain'
            end as {{ dbt.type_string() }}
        ) as recommendation,
        cast(factor as {{ dbt.type_string() }}) as rank_factor,
        cast(rival_segment as {{ dbt.type_string() }}) as rank_rival,
        cast(
            case
                when mean_expected is null then 'no forecast'
                else coalesce(margin_basis, 'no margin known')
            end as {{ dbt.type_string() }}
        ) as ceiling_basis,
        cast(service_tier as {{ dbt.type_string() }}) as service_tier,
        cast({{ segmentation.shared_count('customer_count') }} as bigint)
            as customer_count,
        cast(
            case
                when size_verdict = 'too_large' then most_by_share
                when size_verdict <> 'not_evaluable' then least_count
            end as bigint
        ) as size_bound,
        cast(attractiveness_rank as bigint) as attractiveness_rank,
        mean_revenue as mean_revenue_90d,
        mean_expected as mean_expected_revenue_365d,
        {{ segmentation.round_score('difference') }} as distinct_difference,
        {{ segmentation.round_score('lower_bound') }} as distinct_lower_bound,
        kappa as stability_kappa,
        stay_rate,
        {{ segmentation.round_score('attractiveness') }} as attractiveness,
        {{ segmentation.round_score('missing_weight') }} as missing_weight,
        weight_change_to_rival as rank_weight_change,
        case
            when margin_rate is not null
                then greatest(lower_expected, 0) * greatest(margin_rate, 0)
                    * {{ segmentation.scorecard_setting('payback_months') }} / 12e0
        end as spend_ceiling_amount,
        cast({{ least_reach }} as double precision) as least_reach_share
    from ranked

)

select * from final
