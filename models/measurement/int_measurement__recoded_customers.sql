{{ config(schema=segmentation.segmentation_schema('internal')) }}

{#-
    The codes that customers would have had at the start of a month under the parameters
    that hold at its end: what changes is the parameters' doing, and no move of theirs.
    Only months over which a cut point or a version of clusters changes have rows.
-#}
{%- set measures = segmentation.cut_measures() %}
{%- set cut_names = ['cut_basis'] %}
{%- for measure in measures %}
{%- for share in measure.shares %}
{%- do cut_names.append(measure.name ~ '_' ~ loop.index) %}
{%- endfor %}
{%- endfor %}
{%- set scores = [
    'recency_score', 'frequency_score', 'monetary_score', 'discount_score',
    'basket_score', 'variety_score',
] %}
{%- set replaced = {
    'rfm_total': 'scored.recency_score + scored.frequency_score'
        ~ ' + scored.monetary_score',
    'frequency_monetary_score': 'cast(floor((scored.frequency_score'
        ~ ' + scored.monetary_score + 1) / 2.0) as ' ~ dbt.type_bigint() ~ ')',
} %}
{%- for name in scores %}
{%- do replaced.update({name: 'scored.' ~ name}) %}
{%- endfor %}
{%- set features = graph.nodes['model.segmentation.features__customers'].columns
    if execute else [] %}
{%- set base_columns = segmentation.segment_sets().values()
    | reject('equalto', 'primary_segment') | list %}

with cuts as (

    {{ segmentation.cuts_by_date() }}

),

cluster_rows as (

    select
        as_of_date,
        version as behavior_version,
        cast(null as {{ dbt.type_string() }}) as psychographic_version
    from {{ ref('int_segments__behavior_clusters') }}
    union all
    select
        as_of_date,
        cast(null as {{ dbt.type_string() }}) as behavior_version,
        version as psychographic_version
    from {{ ref('int_segments__psychographic_clusters') }}

),

cluster_versions as (

    select
        as_of_date,
        min(behavior_version) as behavior_version,
        min(psychographic_version) as psychographic_version
    from cluster_rows
    group by as_of_date

),

dates as (

    select
        dates.as_of_date,
        lag(dates.as_of_date) over (order by dates.as_of_date asc) as opens_on,
        {% for name in cut_names %}
        cuts.{{ name }},
        {% endfor %}
        cluster_versions.behavior_version,
        cluster_versions.psychographic_version
    from {{ ref('features__as_of_dates') }} as dates
    left join cuts
        on dates.as_of_date = cuts.as_of_date
    left join cluster_versions
        on dates.as_of_date = cluster_versions.as_of_date

),

recut_months as (

    select
        opening.as_of_date as opens_on,
        closing.as_of_date as closes_on
    from dates as opening
    inner join dates as closing
        on opening.as_of_date = closing.opens_on
    where
        {{ segmentation.any_differs(
            cut_names + ['behavior_version', 'psychographic_version'],
            'closing', 'opening'
        ) }}

),

measured as (

    select
        purchases.*,
        recut_months.closes_on,
        categories.category_entropy,
        population.is_profiled and purchases.order_count > 0 as is_scored,
        {{ segmentation.cut_columns() }},
        cuts.cut_basis
    from {{ ref('int_features__purchases') }} as purchases
    inner join recut_months
        on purchases.as_of_date = recut_months.opens_on
    inner join {{ ref('int_features__population') }} as population
        on
            purchases.customer_id = population.customer_id
            and purchases.as_of_date = population.as_of_date
    left join {{ ref('int_features__categories') }} as categories
        on
            purchases.customer_id = categories.customer_id
            and purchases.as_of_date = categories.as_of_date
    left join cuts
        on recut_months.closes_on = cuts.as_of_date
    left join {{ ref('int_features__value_versions') }} as versions
        on recut_months.closes_on = versions.as_of_date
    left join {{ ref('int_features__value_scores') }} as expected
        on
            purchases.customer_id = expected.customer_id
            and purchases.as_of_date = expected.as_of_date

),

scored as (

    select
        customer_id,
        as_of_date,
        closes_on,
        {{ segmentation.cut_scores() }}
    from measured

),

-- Where clusters have another version, a code that changes is taken for its doing.
customers as (

    select
        {% for name in features %}
        {{ replaced.get(name, 'customers.' ~ name) }} as {{ name }},
        {% endfor %}
        scored.closes_on,
        scored.tier_number,
        case
            when new_behavior.version <> old_behavior.version
                then new_behavior.segment_code
            else old_behavior.segment_code
        end as behavior_cluster,
        case
            when new_psychographic.version <> old_psychographic.version
                then new_psychographic.segment_code
            else old_psychographic.segment_code
        end as psychographic_cluster
    from scored
    inner join {{ ref('features__customers') }} as customers
        on
            scored.customer_id = customers.customer_id
            and scored.as_of_date = customers.as_of_date
    left join {{ ref('int_segments__behavior_clusters') }} as old_behavior
        on
            scored.customer_id = old_behavior.customer_id
            and scored.as_of_date = old_behavior.as_of_date
    left join {{ ref('int_segments__behavior_clusters') }} as new_behavior
        on
            scored.customer_id = new_behavior.customer_id
            and scored.closes_on = new_behavior.as_of_date
    left join {{ ref('int_segments__psychographic_clusters') }} as old_psychographic
        on
            scored.customer_id = old_psychographic.customer_id
            and scored.as_of_date = old_psychographic.as_of_date
    left join {{ ref('int_segments__psychographic_clusters') }} as new_psychographic
        on
            scored.customer_id = new_psychographic.customer_id
            and scored.closes_on = new_psychographic.as_of_date

),

layered as (

    select
        customers.*,
        {{ segmentation.layer_codes() }}
    from customers

),

final as (

    select
        customer_id,
        as_of_date,
        closes_on,
        {% for column in base_columns %}
        {{ column }},
        {% endfor %}
        case
            when not is_profiled then 'otherwise'
            else {{ segmentation.assign_sql('primary', 'otherwise') }}
        end as primary_segment
    from layered

)

select * from final
