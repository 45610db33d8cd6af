{% macro assigned_clusters(set_name, run) %}
    {#-
        The query of int_segments__<set>_clusters. Parameters are one row per date, so
        that a million customers cost one scan. A customer stays in the cluster that was
        nearest at the month end before, itself never smoothed, unless another is nearer
        than nine tenths of the distance to it.
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
        count(distinct feature) as input_count
    from published
    group by version, trained_through

),

-- The newest that knew nothing later; before the first one, the oldest.
in_force as (

    select
        dates.as_of_date,
        versions.version,
        versions.input_count,
        versions.trained_through > dates.as_of_date as is_in_sample,
        row_number() over (
            partition by dates.as_of_date
            order by
                case when versions.trained_through <= dates.as_of_date then 0 else 1 end
                asc,
                case
                    when versions.trained_through <= dates.as_of_date
                        then versions.trained_through
                end desc,
                versions.trained_through asc
        ) as preference
    from {{ ref('features__as_of_dates') }} as dates
    cross join versions

),

parameters as (

    select
        in_force.as_of_date,
        in_force.version,
        in_force.input_count,
        {% for input in inputs %}
        {% for name, column in {
            'lower': 'lower_bound', 'upper': 'upper_bound', 'mean': 'mean',
            'scale': 'scale', 'weight': 'weight',
        }.items() %}
        max(
            case
                when published.feature = '{{ input }}'
                    then cast(published.{{ column }} as double precision)
            end
        ) as {{ input }}_{{ name }},
        {% endfor %}
        {% for slot in slots %}
        coalesce(
            max(
                case
                    when published.feature = '{{ input }}' and published.slot = {{ slot }}
                        then cast(published.centroid as double precision)
                end
            ),
            0
        ) as {{ input }}_{{ slot }},
        {% endfor %}
        {% endfor %}
        {% for slot in slots %}
        max(case when published.slot = {{ slot }} then published.cluster_id end)
            as cluster_{{ slot }},
        {% endfor %}
        in_force.is_in_sample
    from in_force
    inner join published
        on in_force.version = published.version
    where in_force.preference = 1
    group by
        in_force.as_of_date,
        in_force.version,
        in_force.input_count,
        in_force.is_in_sample

),

-- Each row is scored at its own date and at the month end before, by one version.
date_pairs as (

    select
        as_of_date,
        as_of_date as input_date,
        false as is_before
    from {{ ref('features__as_of_dates') }}
    union all
    select
        as_of_date,
        {{ segmentation.add_days(
            'cast(' ~ dbt.date_trunc('month', 'as_of_date') ~ ' as date)', -1
        ) }} as input_date,
        true as is_before
    from {{ ref('features__as_of_dates') }}

),

paired as (

    select
        inputs.customer_id,
        {% for input in inputs %}
        inputs.{{ input }},
        {% endfor %}
        date_pairs.is_before,
        date_pairs.as_of_date
    from {{ ref('int_segments__' ~ set_name ~ '_inputs') }} as inputs
    inner join date_pairs
        on inputs.as_of_date = date_pairs.input_date

),

rows_to_score as (

    select paired.*
    from paired
    {{ segmentation.only_touched('paired', run) }}

),

placed as (

    select
        rows_to_score.customer_id,
        rows_to_score.is_before,
        {% for input in inputs %}
        {{ segmentation.cluster_coordinate(input) }} as {{ input }}_at,
        {% endfor %}
        parameters.*
    from rows_to_score
    inner join parameters
        on rows_to_score.as_of_date = parameters.as_of_date
    -- Who shows less than half of the inputs has no cluster.
    where
        2 * (
            {% for input in inputs %}
            case
                when {{ input }} is not null and {{ input }}_weight is not null then 1
                else 0
            end {{ '' if loop.last else '+' }}
            {% endfor %}
        ) >= parameters.input_count

),

distances as (

    select
        customer_id,
        is_before,
        version,
        is_in_sample,
        {% for slot in slots %}
        cluster_{{ slot }},
        {{ segmentation.cluster_distance(inputs, slot) }} as distance_{{ slot }},
        {% endfor %}
        as_of_date
    from placed

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
        first_slot as before_slot
    from ranked
    where is_before

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
        nearest_before.before_slot
    from ranked
    left join nearest_before
        on
            ranked.customer_id = nearest_before.customer_id
            and ranked.as_of_date = nearest_before.as_of_date
    where not ranked.is_before

),

smoothed as (

    select
        compared.*,
        {{ segmentation.slot_at('second_distance', but='first_slot') }} as second_slot,
        case
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
        customer_id,
        as_of_date,
        version,
        {% for name in ['assigned', 'first', 'second', 'before'] %}
        {{ segmentation.of_slot('cluster_', name ~ '_slot') }} as {{ name }}_id,
        {% endfor %}
        first_distance,
        second_distance,
        is_in_sample
    from smoothed

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
