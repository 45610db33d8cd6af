{% macro failing_gates(when_definitions_changed) %}
    {#-
        Failing gates, if the definitions differ from the last release (an error then)
        or if they do not (drift of the data: a warning).
    -#}
    with last_release as (

        select
            versions,
            row_number() over (order by released_at desc, run_id desc) as recency_rank
        from {{ ref('measurement__releases') }}

    ),

    unchanged as (

        select count(*) as release_count
        from last_release
        where
            recency_rank = 1
            and versions like '%{{ segmentation.definitions_hash() }}%'

    )

    select
        'Gate ' || gates.gate || ' of ' || gates.segment_set
        || coalesce(' (' || gates.segment_code || ')', '') || ' fails: '
        || gates.message || '; found '
        || coalesce(cast(gates.observed as {{ dbt.type_string() }}), 'nothing')
        || ' against ' || coalesce(cast(gates.bound as {{ dbt.type_string() }}), 'nothing')
        || '.' as message
    from {{ ref('segments__gates') }} as gates
    cross join unchanged
    where
        gates.status = 'fail'
        and unchanged.release_count = {{ 0 if when_definitions_changed else 1 }}
{% endmacro %}
