{% macro failing_gates(when_definitions_changed) %}
    {#-
        Failing gates, if the definitions differ from those that are served (an error
        then) or if they do not (drift of the data: a warning).
    -#}
    with unchanged as (

        select count(*) as release_count
        from {{ ref('measurement__releases') }} as releases
        inner join {{ ref('measurement__servings') }} as servings
            on releases.run_id = servings.run_id
        where
            servings.is_served
            and releases.versions like '%{{ segmentation.definitions_hash() }}%'

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
