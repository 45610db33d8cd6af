{% macro cuts_by_date() %}
    {#- All cut points of a date in one row. -#}
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
{%- endmacro %}


{% macro cut_columns() %}
    {#- Columns of `cuts`, and what tiers cut: `versions` says what told later spend
        apart better when the parameters were trained. -#}
        case
            when versions.tier_measure <> 'spend_90d' then expected.tier_value
            else purchases.net_amount_90d
        end as tier_value,
        {% for tier in var('segmentation_value_tiers') %}
        case
            when versions.tier_measure <> 'spend_90d'
                then cuts.expected_tier_{{ loop.index }}
            else cuts.value_tier_{{ loop.index }}
        end as tier_cut_{{ loop.index }},
        {% endfor %}
        {% for measure in segmentation.cut_measures() %}
        {% set last_measure = loop.last %}
        {% for share in measure.shares %}
        cuts.{{ measure.name }}_{{ loop.index }}{{ ',' if not (last_measure and loop.last) }}
        {% endfor %}
        {% endfor %}
{%- endmacro %}


{% macro cut_scores() %}
    {#- Scores and the place of the value tier, from measures beside their cuts. -#}
    {%- set scored = ['frequency', 'monetary', 'discount', 'basket', 'variety'] -%}
    {%- set tiers = var('segmentation_value_tiers') -%}
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
        end as tier_number
{%- endmacro %}
