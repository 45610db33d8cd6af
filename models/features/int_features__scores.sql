{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set scored = ['frequency', 'monetary', 'discount', 'basket', 'variety'] -%}

with cuts as (

    select
        as_of_date,
        {% for measure in segmentation.cut_measures() if measure.name != 'value_tier' %}
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
        {% for measure in segmentation.cut_measures() if measure.name != 'value_tier' %}
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
    where not purchases.is_reference

),

final as (

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
        -- One pseudo-gap of the median buyer steadies customers with few orders.
        case
            when is_scored
                then {{ segmentation.round_score(
                    '(cast(gap_days as double precision) + mean_gap_1)'
                    ~ ' / (cast(gap_count as double precision) + 1)'
                ) }}
        end as expected_gap_days
    from joined

)

select * from final
