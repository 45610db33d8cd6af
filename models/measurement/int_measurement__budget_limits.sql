{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set dataset = segmentation.rule_literal(var('segmentation_dataset')) %}
{#- What a channel may move by in a month where nobody stated it. -#}
{%- set usual_move = 0.2 %}

with current_split as (

    select
        channel,
        cast((ad_spend_amount + campaign_cost_amount) * 100 as bigint) as current_cents
    from {{ ref('int_measurement__channel_months') }}
    where
        calendar_month = cast('{{ segmentation.budget_months().base }}' as date)
        and ad_spend_amount + campaign_cost_amount > 0

),

stated as (

    select
        coalesce(channel, '') as channel,
        measure,
        value,
        row_number() over (
            partition by coalesce(channel, ''), measure order by stated_on desc
        ) as recency_rank
    from {{ ref('budget_inputs') }}
    where dataset = {{ dataset }} and stated_on <= {{ segmentation.as_of_date() }}

),

inputs as (

    select
        channel,
        max(case when measure = 'total_budget' then value end) as total_budget,
        max(case when measure = 'most_move_share' then value end) as most_move_share,
        max(case when measure = 'reachable_people' then value end) as reachable_people,
        max(case when measure = 'cost_per_person' then value end) as cost_per_person
    from stated
    where recency_rank = 1
    group by channel

),

reachable as (

    select
        channel,
        sum(case when is_reachable then 1 else 0 end) as reachable_people
    from {{ ref('contact__reachability') }}
    group by channel

),

curves as (

    select
        channel,
        max(case when is_usable then 1 else 0 end) as is_usable,
        max(relative_error) as relative_error,
        max(evidence_source) as evidence_source,
        max(stated_on) as stated_on
    from {{ ref('int_measurement__response_pieces') }}
    group by channel

),

totals as (

    select
        cast(sum(current_split.current_cents) as numeric(38, 0)) as current_cents,
        cast(
            coalesce(
                max(round(inputs.total_budget * 100)),
                sum(current_split.current_cents)
            ) as numeric(38, 0)
        ) as total_cents
    from current_split
    left join inputs
        on inputs.channel = ''

),

cumulated as (

    select
        current_split.channel,
        current_split.current_cents,
        totals.total_cents,
        cast(
            sum(current_split.current_cents) over (
                order by {{ segmentation.binary_order('current_split.channel') }} asc
                rows between unbounded preceding and current row
            ) as numeric(38, 0)
        ) * totals.total_cents as dividend,
        totals.current_cents as divisor
    from current_split
    cross join totals

),

-- Whole cents up to each channel; a division alone would be a float on some engines.
whole as (

    select
        cumulated.*,
        cast(round((dividend - mod(dividend, divisor)) / divisor) as bigint)
            as cumulated_cents
    from cumulated

),

-- The split of the month before, of this total, to the cent.
kept as (

    select
        whole.*,
        cumulated_cents - coalesce(
            lag(cumulated_cents) over (
                order by {{ segmentation.binary_order('channel') }} asc
            ),
            0
        ) as kept_cents
    from whole

),

limits as (

    select
        kept.channel,
        kept.current_cents,
        kept.kept_cents,
        kept.total_cents,
        curves.evidence_source,
        curves.stated_on,
        curves.relative_error,
        curves.is_usable,
        cast(
            coalesce(
                own.most_move_share, general.most_move_share, {{ usual_move }}
            ) as numeric(10, 6)
        ) as most_move_share,
        floor(
            coalesce(own.reachable_people, reachable.reachable_people)
            * own.cost_per_person * 100
        ) as reach_cents
    from kept
    left join curves
        on kept.channel = curves.channel
    left join inputs as own
        on kept.channel = own.channel
    left join inputs as general
        on general.channel = ''
    left join reachable
        on kept.channel = reachable.channel

),

final as (

    select
        limits.*,
        coalesce(is_usable = 1, false) as has_evidence,
        least(
            case
                when is_usable = 1 then ceil(kept_cents * (1 - most_move_share))
                else kept_cents
            end,
            coalesce(reach_cents, kept_cents)
        ) as low_cents,
        case
            when is_usable = 1
                then
                    least(
                        floor(kept_cents * (1 + most_move_share)),
                        coalesce(reach_cents, floor(kept_cents * (1 + most_move_share)))
                    )
            else least(kept_cents, coalesce(reach_cents, kept_cents))
        end as high_cents
    from limits

)

select * from final
