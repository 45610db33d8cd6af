{{ segmentation.state_config(
    'internal',
    touched='int_features__touched_customers',
    touched_key=['customer_id'],
    state_key=['customer_id', 'as_of_date'],
    is_wider=true,
    panel_dates='features__as_of_dates'
) }}

{#- A cut that moves concerns whoever it passes: all rows are compared with before. -#}
{%- set run = segmentation.run_to_continue() %}
{%- set scored = ['frequency', 'monetary', 'discount', 'basket', 'variety'] -%}
{%- set tiers = var('segmentation_value_tiers') -%}

with cuts as (

    select
        as_of_date,
        {% for measure in segmentation.cut_measures() %}
        {% for share in measure.shares %}
        max(
            case
                when measure = '{{ measure.name }}' and cut_share = {{ share }}
                    then cut_value
            end
        ) as {{ measure.name }}_{{ loop.index }},
        {% endfor %}
        {% endfor %}
        max(case when measure = 'frequency' then basis end) as cut_basis
    from {{ ref('int_features__cut_points') }}
    group by as_of_date

),

joined as (

    select
        purchases.*,
        categories.category_entropy,
        population.is_profiled,
        population.is_profiled and purchases.order_count > 0 as is_scored,
        -- What told later spend apart better when the parameters were trained.
        case
            when versions.tier_measure = 'expected_value'
                then expected.discounted_value_365d
            else purchases.net_amount_90d
        end as tier_value,
        {% for tier in tiers %}
        case
            when versions.tier_measure = 'expected_value'
                then cuts.expected_tier_{{ loop.index }}
            else cuts.value_tier_{{ loop.index }}
        end as tier_cut_{{ loop.index }},
        {% endfor %}
        {% for measure in segmentation.cut_measures() %}
        {% for share in measure.shares %}
        cuts.{{ measure.name }}_{{ loop.index }},
        {% endfor %}
        {% endfor %}
        cuts.cut_basis
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
            and versions.tier_measure = 'expected_value'
    where not purchases.is_reference

),

found as (

    select
        customer_id,
        as_of_date,
        is_profiled,
        case
            when is_scored and days_since_last_order is not null
                then {{ segmentation.score_from_cuts(
                    'days_since_last_order', 'recency', higher_is_better=false
                ) }}
        end as recency_score,
        {% for measure in segmentation.cut_measures() if measure.name in scored %}
        case
            when is_scored and {{ measure.column }} is not null
                then {{ segmentation.score_from_cuts(measure.column, measure.name) }}
        end as {{ measure.name }}_score,
        {% endfor %}
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
        -- Where two cuts coincide the higher tier is empty: merge downward.
        case
            when not is_scored or not is_observed_90d or tier_cut_1 is null then null
            when net_amount_90d <= 0 then {{ tiers | length + 1 }}
            {% for tier in tiers %}
            when
                tier_value >= tier_cut_{{ loop.index }}
                {{
                    '' if loop.last
                    else 'and tier_cut_' ~ loop.index ~ ' > tier_cut_'
                    ~ (loop.index + 1)
                }}
                then {{ loop.index }}
            {% endfor %}
            else {{ tiers | length + 1 }}
        end as tier_number,
        cast({{ segmentation.run_number() }} as bigint) as changed_in_run
    from joined

),

final as (

    select found.*
    from found
    {% if run %}
    left join {{ this }} as known
        on
            found.customer_id = known.customer_id
            and found.as_of_date = known.as_of_date
    left join {{ ref('int_features__touched_customers') }} as touched
        on found.customer_id = touched.customer_id
    where
        known.customer_id is null
        or touched.customer_id is not null
        or {{ segmentation.any_differs(
            ['is_profiled', 'recency_score', 'cut_basis', 'expected_gap_days',
             'tier_number', 'frequency_score', 'monetary_score', 'discount_score',
             'basket_score', 'variety_score'],
            'found', 'known'
        ) }}
    {% endif %}

)

select * from final
