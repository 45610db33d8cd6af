{{ config(schema=segmentation.segmentation_schema('internal')) }}

{% set points = 'partition by channel order by spend_amount asc' %}

with dated_curves as (

    select
        curves.*,
        max(stated_on) over (partition by channel) as last_stated_on
    from {{ ref('response_curves') }} as curves
    where
        dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        and stated_on <= {{ segmentation.as_of_date() }}

),

-- Points are joined by straight lines, from nothing on, and level off after the last.
curve_points as (

    select
        dated_curves.*,
        count(*) over (partition by channel) as point_count,
        coalesce(lag(spend_amount) over ({{ points }}), 0) as from_spend,
        coalesce(lag(return_amount) over ({{ points }}), 0) as from_return,
        lead(spend_amount) over ({{ points }}) is null as is_last
    from dated_curves
    where stated_on = last_stated_on

),

lines as (

    select
        curve_points.*,
        (return_amount - from_return)
        / nullif(spend_amount - from_spend, 0) as slope
    from curve_points

),

bends as (

    select
        lines.*,
        lag(slope) over (partition by channel order by spend_amount asc)
            as earlier_slope
    from lines

),

judged as (

    select
        channel,
        min(source) as evidence_source,
        max(stated_on) as stated_on,
        max(relative_error) as relative_error,
        min(
            case
                when form = 'saturating' and point_count > 1 then 0
                when spend_amount <= 0 or slope < 0 or slope is null then 0
                when form = 'points' and slope > earlier_slope + 1e-9 then 0
                when relative_error < 0 or relative_error is null then 0
                else 1
            end
        ) as is_usable
    from bends
    group by channel

),

pieces as (

    select
        channel,
        form,
        case when form = 'saturating' then spend_amount else from_spend end as at_spend,
        case when form = 'saturating' then return_amount else from_return end
            as at_return,
        slope
    from bends
    union all
    select
        channel,
        form,
        spend_amount as at_spend,
        return_amount as at_return,
        0 as slope
    from bends
    where form = 'points' and is_last

),

final as (

    select
        pieces.channel,
        pieces.form,
        pieces.at_spend,
        pieces.at_return,
        pieces.slope,
        judged.is_usable = 1 as is_usable,
        judged.relative_error,
        judged.evidence_source,
        judged.stated_on
    from pieces
    inner join judged
        on pieces.channel = judged.channel

)

select * from final
