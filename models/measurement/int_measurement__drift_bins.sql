{{ config(schema=segmentation.segmentation_schema('restricted')) }}

{#-
    How many customers of each segment have which value, at the as-of date and at the
    date that it is compared with. Both look back equally far: customers who ordered
    within a year of their date, or within 90 days where a year is not covered at both.
-#}
{%- set features = segmentation.drift_features() %}
{%- set responses = segmentation.drift_responses() %}
{%- set sets = segmentation.drift_sets() %}

with compared_dates as (

    {{ segmentation.compared_dates() }}

),

customers as (

    select
        features.*,
        {{ segmentation.ratio('features.revenue_90d', 'features.order_count_90d') }}
            as order_value_90d,
        {{ segmentation.ratio('features.revenue_365d', 'features.order_count_365d') }}
            as order_value_365d,
        {% for column in sets.values() %}
        memberships.{{ column }},
        {% endfor %}
        features.as_of_date = compared_dates.now_date as is_now
    from compared_dates
    inner join {{ ref('features__customers') }} as features
        on
            features.as_of_date in (
                compared_dates.now_date, compared_dates.reference_date
            )
    inner join {{ ref('segments__memberships') }} as memberships
        on
            features.customer_id = memberships.customer_id
            and features.as_of_date = memberships.as_of_date
    where
        features.is_profiled
        and {{ segmentation.looks_back('features', 'compared_dates') }}

),

binned as (

    select
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        {% for name, feature in features.items() %}
        {{ segmentation.value_bin('customers.' ~ name, feature.scale) }} as {{ name }},
        {% endfor %}
        {% for name, response in responses.items() %}
        cast({{ response.value }} as integer) as {{ name }},
        {% endfor %}
        is_now
    from customers

),

-- Customers of one code of each set are counted once, and then added up by set.
counted as (

    {% for name in features.keys() | list + responses.keys() | list %}
    select
        '{{ 'feature' if name in features else 'response' }}' as kind,
        '{{ name }}' as item,
        {% for column in sets.values() %}
        {{ column }},
        {% endfor %}
        {{ name }} as bin,
        sum(case when is_now then 1 else 0 end) as now_count,
        sum(case when is_now then 0 else 1 end) as reference_count
    from binned
    where {{ name }} is not null
    group by {{ sets.values() | join(', ') }}, {{ name }}
    {{ '' if loop.last else 'union all' }}
    {% endfor %}

),

added as (

    {% for set_name, column in sets.items() %}
    select
        kind,
        item,
        '{{ set_name }}' as segment_set,
        {{ column }} as segment_code,
        bin,
        sum(now_count) as now_count,
        sum(reference_count) as reference_count
    from counted
    group by kind, item, {{ column }}, bin
    union all
    {% endfor %}
    select
        kind,
        item,
        'all' as segment_set,
        'all' as segment_code,
        bin,
        sum(now_count) as now_count,
        sum(reference_count) as reference_count
    from counted
    group by kind, item, bin

),

final as (

    select
        added.kind,
        added.item,
        added.segment_set,
        added.segment_code,
        added.bin,
        compared_dates.now_date,
        compared_dates.reference_date,
        cast(added.now_count as bigint) as now_count,
        cast(added.reference_count as bigint) as reference_count,
        compared_dates.is_season_unknown
    from added
    cross join compared_dates

)

select * from final
