{% macro assigned_clusters(set_name, run) %}
    {#-
        The query of int_segments__<set>_clusters. Parameters are one row per version,
        and those of the newest are cross joined: columns that are constant cost nothing
        per customer, those of a join are copied to each. A customer stays in the
        cluster that was nearest at the month end before, itself never smoothed, unless
        another is nearer than nine tenths of the distance to it; never, that month, the
        one that they had left by then.
    -#}
{%- set inputs = segmentation.cluster_inputs(set_name) -%}
{%- set slots = segmentation.cluster_slots() -%}
{%- set dataset = segmentation.rule_literal(var('segmentation_dataset')) -%}
with published as (

    select
        *,
        dense_rank() over (partition by version order by cluster_id asc) as slot
    from {{ ref('cluster_parameters') }}
    where
        dataset = {{ dataset }}
        and set_name = '{{ set_name }}'

),

versions as (

    select
        version,
        trained_through,
        {% for input in inputs %}
        max(case when feature = '{{ input }}' then 1 else 0 end) as {{ input }}_used,
        {% endfor %}
        count(distinct feature) as input_count
    from published
    group by version, trained_through

),

in_force as (

    select
        dates.as_of_date,
        versions.*,
        versions.trained_through > dates.as_of_date as is_in_sample,
        row_number() over (
            partition by dates.as_of_date
            order by {{ segmentation.version_preference(
                'versions.trained_through', 'dates.as_of_date'
            ) }}
        ) as preference
    from {{ ref('features__as_of_dates') }} as dates
    cross join versions

),

dated as (

    select
        in_force.*,
        trained_through = max(trained_through) over () as is_newest
    from in_force
    where preference = 1

),

parameters as (

    select
        {% for input in inputs %}
        -- Of an input that the version does not use every value lies at the mean.
        {% for name, column, unused in [
            ('lower', 'lower_bound', 0), ('upper', 'upper_bound', 0),
            ('mean', 'mean', 0), ('scale', 'scale', 1), ('weight', 'weight', 0),
        ] %}
        coalesce(
            max(
                case
                    when feature = '{{ input }}'
                        then cast({{ column }} as double precision)
                end
            ),
            {{ unused }}
        ) as {{ input }}_{{ name }},
        {% endfor %}
        -- Null where there is no such cluster, and so is the distance from it.
        {% for slot in slots %}
        sum(
            case
                when slot = {{ slot }} and feature = '{{ input }}'
                    then cast(centroid as double precision)
                when slot = {{ slot }} then 0
            end
        ) as {{ input }}_{{ slot }},
        {% endfor %}
        {% endfor %}
        {% for slot in slots %}
        max(case when slot = {{ slot }} then cluster_id end) as cluster_{{ slot }},
        {% endfor %}
        version
    from published
    group by version

),

-- Each row is scored at its own date and at month ends before, by one version.
date_pairs as (

    select
        as_of_date,
        as_of_date as input_date,
        0 as months_before
    from {{ ref('features__as_of_dates') }}
    {% for months in segmentation.cluster_months(set_name) %}
    union all
    select
        as_of_date,
        {{ segmentation.add_days(dbt.dateadd(
            'month', 1 - months, dbt.date_trunc('month', 'as_of_date')
        ), -1) }} as input_date,
        {{ months }} as months_before
    from {{ ref('features__as_of_dates') }}
    {% endfor %}

),

paired as (

    select
        inputs.customer_id,
        {% for input in inputs %}
        inputs.{{ input }},
        {% endfor %}
        date_pairs.months_before,
        date_pairs.as_of_date,
        dated.version,
        dated.is_newest
    from {{ ref('int_segments__' ~ set_name ~ '_inputs') }} as inputs
    inner join date_pairs
        on inputs.as_of_date = date_pairs.input_date
    inner join dated
        on date_pairs.as_of_date = dated.as_of_date
    -- Who shows less than half of the inputs has no cluster.
    where
        2 * (
            {% for input in inputs %}
            case when inputs.{{ input }} is not null then dated.{{ input }}_used else 0 end
            {{ '' if loop.last else '+' }}
            {% endfor %}
        ) >= dated.input_count

),

rows_to_score as (

    select paired.*
    from paired
    {{ segmentation.only_touched('paired', run) }}

),

newest_parameters as (

    select parameters.*
    from parameters
    inner join (select distinct version from dated where is_newest) as newest
        on parameters.version = newest.version

),

{% for which in ['newest', 'older'] %}
{{ which }}_placed as (

    select
        rows_to_score.customer_id,
        rows_to_score.as_of_date,
        rows_to_score.months_before,
        {% for input in inputs %}
        {{ segmentation.cluster_coordinate(input) }} as {{ input }}_at,
        {% endfor %}
        {% if which == 'newest' %}
        newest_parameters.*
    from rows_to_score
    cross join newest_parameters
    {% else %}
        parameters.*
    from rows_to_score
    inner join parameters
        on rows_to_score.version = parameters.version
    {% endif %}
    where {{ 'not ' if which == 'older' }}rows_to_score.is_newest

),

{% endfor %}
distances as (

    {% for which in ['newest', 'older'] %}
    select
        customer_id,
        as_of_date,
        months_before,
        {% for slot in slots %}
        {{ segmentation.cluster_distance(inputs, slot) }} as distance_{{ slot }}
        {{- '' if loop.last else ',' }}
        {% endfor %}
    from {{ which }}_placed
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Each least distance is a column of its own: a case would find it once per slot.
measured as (

    select
        distances.*,
        least(
            {% for slot in slots %}
            distance_{{ slot }} {{ '' if loop.last else ',' }}
            {% endfor %}
        ) as first_distance
    from distances

),

ranked as (

    select
        measured.*,
        {{ segmentation.slot_at('first_distance') }} as first_slot
    from measured

),

nearest_before as (

    select
        customer_id,
        as_of_date,
        max(case when months_before = 1 then first_slot end) as before_slot,
        max(case when months_before = 2 then first_slot end) as earlier_slot
    from ranked
    where months_before > 0
    group by customer_id, as_of_date

),

compared as (

    select
        ranked.*,
        least(
            {% for slot in slots %}
            case when ranked.first_slot <> {{ slot }} then ranked.distance_{{ slot }} end
            {{ '' if loop.last else ',' }}
            {% endfor %}
        ) as second_distance,
        nearest_before.before_slot,
        nearest_before.earlier_slot
    from ranked
    left join nearest_before
        on
            ranked.customer_id = nearest_before.customer_id
            and ranked.as_of_date = nearest_before.as_of_date
    where ranked.months_before = 0

),

smoothed as (

    select
        compared.*,
        {{ segmentation.slot_at('second_distance', but='first_slot') }} as second_slot,
        case
            when first_slot = earlier_slot then coalesce(before_slot, first_slot)
            when
                first_distance
                < 0.9 * {{ segmentation.of_slot('distance_', 'before_slot') }}
                then first_slot
            else coalesce(before_slot, first_slot)
        end as assigned_slot
    from compared

),

identified as (

    select
        smoothed.customer_id,
        smoothed.as_of_date,
        dated.version,
        {% for name in ['assigned', 'first', 'second', 'before', 'earlier'] %}
        {{ segmentation.of_slot('cluster_', 'smoothed.' ~ name ~ '_slot') }}
            as {{ name }}_id,
        {% endfor %}
        smoothed.first_distance,
        smoothed.second_distance,
        dated.is_in_sample
    from smoothed
    inner join dated
        on smoothed.as_of_date = dated.as_of_date
    inner join parameters
        on dated.version = parameters.version

),

final as (

    select
        identified.customer_id,
        identified.as_of_date,
        labels.segment_code,
        identified.version,
        identified.assigned_id as cluster_id,
        identified.first_id as nearest_cluster_id,
        identified.second_id as second_cluster_id,
        identified.before_id as nearest_before_cluster_id,
        identified.earlier_id as nearest_earlier_cluster_id,
        identified.first_distance as nearest_distance,
        identified.second_distance,
        {{ segmentation.round_score(
            'identified.second_distance - identified.first_distance'
        ) }} as margin,
        identified.is_in_sample
    from identified
    inner join {{ ref('cluster_labels') }} as labels
        on identified.assigned_id = labels.cluster_id
    where
        labels.dataset = {{ dataset }}
        and labels.set_name = '{{ set_name }}'

)

select * from final
{% endmacro %}
