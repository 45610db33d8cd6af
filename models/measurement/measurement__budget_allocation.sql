{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}
{%- set money = segmentation.sql_type('numeric(18, 2)') %}
{%- set z = segmentation.normal_quantile() %}
{%- set months = segmentation.budget_months() %}
{%- set steps = 1000 %}

with bounds as (

    select *
    from {{ ref('int_measurement__budget_limits') }}

),

pieces as (

    select *
    from {{ ref('int_measurement__response_pieces') }}

),

pool as (

    select
        max(total_cents) as total_cents,
        sum(high_cents) as most_cents,
        least(max(total_cents), sum(high_cents)) - sum(low_cents) as free_cents,
        max(total_cents) - least(max(total_cents), sum(high_cents)) as left_cents,
        greatest(ceil(max(high_cents - low_cents) / {{ steps }}.0), 1) as step_cents
    from bounds

),

digits as (

    {% for digit in range(10) %}
    select {{ digit }} as digit
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

numbers as (

    select ones.digit + 10 * tens.digit + 100 * hundreds.digit as number
    from digits as ones
    cross join digits as tens
    cross join digits as hundreds

),

steps as (

    select
        bounds.channel,
        numbers.number,
        bounds.low_cents + numbers.number * pool.step_cents as from_cents,
        least(
            bounds.low_cents + (numbers.number + 1) * pool.step_cents, bounds.high_cents
        ) as to_cents,
        pool.free_cents
    from bounds
    cross join pool
    inner join numbers
        on bounds.low_cents + numbers.number * pool.step_cents < bounds.high_cents
    where bounds.has_evidence

),

step_returns as (

    select
        steps.channel,
        steps.number,
        steps.free_cents,
        steps.to_cents - steps.from_cents as width_cents,
        min({{ segmentation.curve_return('steps.to_cents') }})
        - min({{ segmentation.curve_return('steps.from_cents') }}) as step_return
    from steps
    inner join pieces
        on steps.channel = pieces.channel
    group by
        steps.channel, steps.number, steps.free_cents, steps.from_cents, steps.to_cents

),

priced as (

    select
        step_returns.*,
        {{ segmentation.round_score('100 * step_return / width_cents') }}
            as return_per_spend
    from step_returns

),

-- Curves bend down only, so that the best steps of a channel are its first.
ranked as (

    select
        priced.*,
        sum(width_cents) over (
            order by
                return_per_spend desc,
                {{ segmentation.binary_order('channel') }} asc,
                number asc
            rows between unbounded preceding and current row
        ) as cumulated_cents
    from priced

),

taken as (

    select
        channel,
        return_per_spend,
        greatest(least(width_cents, free_cents - cumulated_cents + width_cents), 0)
            as taken_cents
    from ranked

),

raised as (

    select
        channel,
        sum(taken_cents) as taken_cents
    from taken
    group by channel

),

price as (

    select min(return_per_spend) as shadow_price
    from taken
    where taken_cents > 0

),

allocated as (

    select
        bounds.*,
        bounds.low_cents + coalesce(raised.taken_cents, 0) as proposed_cents
    from bounds
    left join raised
        on bounds.channel = raised.channel

),

returns as (

    select
        allocated.channel,
        min({{ segmentation.curve_return('allocated.kept_cents') }}) as kept_return,
        min({{ segmentation.curve_return('allocated.proposed_cents') }})
            as proposed_return,
        min({{ segmentation.curve_return('(allocated.kept_cents + 100)') }})
            as kept_next_return,
        min({{ segmentation.curve_return('(allocated.proposed_cents + 100)') }})
            as proposed_next_return
    from allocated
    inner join pieces
        on allocated.channel = pieces.channel
    where allocated.has_evidence
    group by allocated.channel

),

explained as (

    select
        allocated.channel,
        case
            when allocated.is_usable = 0 then 'curve_refused'
            when not allocated.has_evidence then 'no_evidence'
            when allocated.proposed_cents > allocated.kept_cents then 'raised'
            when allocated.proposed_cents < allocated.kept_cents then 'lowered'
            else 'kept'
        end as status,
        case
            when allocated.proposed_cents = allocated.reach_cents then 'reach'
            when not allocated.has_evidence then 'split'
            when allocated.proposed_cents = allocated.high_cents then 'most_move'
            when allocated.proposed_cents = allocated.low_cents then 'least_move'
            else 'none'
        end as limited_by,
        allocated.evidence_source,
        allocated.current_cents,
        allocated.kept_cents,
        allocated.proposed_cents,
        allocated.low_cents,
        allocated.high_cents,
        allocated.reach_cents,
        returns.kept_return,
        returns.proposed_return,
        returns.proposed_return - returns.kept_return as gain,
        allocated.relative_error * abs(returns.proposed_return - returns.kept_return)
            as gain_error,
        returns.kept_next_return - returns.kept_return as kept_marginal,
        returns.proposed_next_return - returns.proposed_return as proposed_marginal,
        allocated.relative_error,
        allocated.stated_on
    from allocated
    left join returns
        on allocated.channel = returns.channel

),

rows_of_all as (

    select * from explained
    union all
    select
        'unallocated_budget' as channel,
        'infeasible' as status,
        'limits' as limited_by,
        null as evidence_source,
        0 as current_cents,
        0 as kept_cents,
        left_cents as proposed_cents,
        null as low_cents,
        null as high_cents,
        null as reach_cents,
        null as kept_return,
        null as proposed_return,
        null as gain,
        null as gain_error,
        null as kept_marginal,
        null as proposed_marginal,
        null as relative_error,
        null as stated_on
    from pool
    where left_cents > 0
    union all
    select
        'all' as channel,
        'total' as status,
        'budget' as limited_by,
        null as evidence_source,
        sum(explained.current_cents) as current_cents,
        sum(explained.kept_cents) as kept_cents,
        max(pool.total_cents) as proposed_cents,
        null as low_cents,
        null as high_cents,
        null as reach_cents,
        sum(explained.kept_return) as kept_return,
        sum(explained.proposed_return) as proposed_return,
        sum(explained.gain) as gain,
        sqrt(sum(explained.gain_error * explained.gain_error)) as gain_error,
        null as kept_marginal,
        null as proposed_marginal,
        null as relative_error,
        max(explained.stated_on) as stated_on
    from explained
    cross join pool
    having count(*) > 0

),

final as (

    select
        cast('{{ months.next }}' as date) as budget_month,
        cast(rows_of_all.channel as {{ text }}) as channel,
        cast(rows_of_all.status as {{ text }}) as status,
        cast(rows_of_all.limited_by as {{ text }}) as limited_by,
        cast(
            case rows_of_all.status
                when 'no_evidence' then 'no evidence: keep the split'
                when 'curve_refused'
                    then
                        'its curve is no concave one with an error: no evidence, keep '
                        || 'the split'
                when 'infeasible'
                    then
                        'reach and the limits on moves allow '
                        || {{ segmentation.cents_as_money('pool.most_cents') }}
                        || ' of a budget of '
                        || {{ segmentation.cents_as_money('pool.total_cents') }}
                        || ': raise a limit, state more reach, or lower the budget'
                when 'total' then 'sum of the channels and of what none may take'
                when 'kept' then 'nothing is gained by moving it'
                else
                    case rows_of_all.limited_by
                        when 'reach'
                            then 'as far as the people go whom it reaches'
                        when 'none'
                            then 'until one more unit brings what it brings elsewhere'
                        else 'by as much as a month may move it'
                    end
            end as {{ text }}
        ) as reason,
        cast(rows_of_all.evidence_source as {{ text }}) as evidence_source,
        {% for name in ['current', 'kept', 'proposed', 'low', 'high', 'reach'] %}
        {{ segmentation.cents_as_money('rows_of_all.' ~ name ~ '_cents') }}
            as {{ name }}_amount,
        {% endfor %}
        {% for name in ['kept_return', 'proposed_return', 'gain'] %}
        cast(rows_of_all.{{ name }} as {{ money }}) as {{ name }}_amount,
        {% endfor %}
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        cast(
            rows_of_all.gain {{ sign }} {{ z }} * rows_of_all.gain_error as {{ money }}
        ) as gain_{{ end }}_amount,
        {% endfor %}
        {% for name in ['kept_marginal', 'proposed_marginal'] %}
        {{ segmentation.round_score('rows_of_all.' ~ name) }} as {{ name }}_return,
        {% endfor %}
        {% for end, sign in {'lower': '-', 'upper': '+'}.items() %}
        {{ segmentation.round_score(
            'rows_of_all.proposed_marginal * (1 ' ~ sign ~ ' ' ~ z
            ~ ' * rows_of_all.relative_error)'
        ) }} as proposed_marginal_{{ end }},
        {% endfor %}
        cast(price.shadow_price as double precision) as shadow_price,
        rows_of_all.stated_on as evidence_date
    from rows_of_all
    cross join pool
    cross join price

)

select * from final
