{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set tiers = var('segmentation_value_tiers') %}
{%- set rows = segmentation.rule_conditions() %}

with declared as (

    {% for row in rows %}
    select
        '{{ row.set }}' as segment_set,
        '{{ row.code }}' as segment_code,
        {{ row.place }} as rule_place,
        {{ row.group }} as condition_group,
        {{ row.number }} as condition_number,
        '{{ row.feature }}' as feature,
        '{{ row.operator }}' as operator,
        {{ segmentation.condition_threshold(row) }} as threshold_text,
        {{ row.value if row.is_number else 'null' }} as threshold_number
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

measured as (

    select coalesce(max(tier_measure), 'spend_90d') as tier_measure
    from {{ ref('int_features__value_versions') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

cuts as (

    select
        measured.tier_measure,
        cuts.cut_share,
        cuts.cut_value,
        lead(cuts.cut_value) over (order by cuts.cut_share desc) as lower_value
    from {{ ref('int_features__cut_points') }} as cuts
    inner join measured
        on
            cuts.measure = case
                when measured.tier_measure = 'spend_90d' then 'value_tier'
                else 'expected_tier'
            end
    where cuts.as_of_date = {{ segmentation.as_of_date() }}

),

-- Where two cuts coincide the higher tier is empty.
cut as (

    {% for tier in tiers %}
    select
        '{{ tier.code }}' as segment_code,
        {{ loop.index }} + 1 as rule_place,
        tier_measure,
        cut_value
    from cuts
    where
        cut_share = {{ (1 - tier.top_share) | round(4) }}
        and (lower_value is null or cut_value > lower_value)
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

all_sets as (

    select * from declared
    union all
    select
        'value_tier' as segment_set,
        'dormant' as segment_code,
        1 as rule_place,
        1 as condition_group,
        1 as condition_number,
        'revenue_90d' as feature,
        'at_most' as operator,
        '0' as threshold_text,
        0 as threshold_number
    union all
    select
        'value_tier' as segment_set,
        segment_code,
        rule_place,
        1 as condition_group,
        1 as condition_number,
        case tier_measure
            when 'expected_value' then 'discounted_value_365d'
            when 'combined_spend' then 'combined_spend_90d'
            else 'revenue_90d'
        end as feature,
        'at_least' as operator,
        cast(cast(cut_value as numeric(18, 2)) as {{ dbt.type_string() }})
            as threshold_text,
        cut_value as threshold_number
    from cut

),

final as (

    select
        cast(segment_set as {{ dbt.type_string() }}) as segment_set,
        cast(segment_code as {{ dbt.type_string() }}) as segment_code,
        cast(rule_place as bigint) as rule_place,
        cast(condition_group as bigint) as condition_group,
        cast(condition_number as bigint) as condition_number,
        cast(feature as {{ dbt.type_string() }}) as feature,
        cast(operator as {{ dbt.type_string() }}) as operator,
        cast(threshold_text as {{ dbt.type_string() }}) as threshold_text,
        cast(threshold_number as double precision) as threshold_number
    from all_sets

)

select * from final
