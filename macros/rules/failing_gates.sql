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
        || coalesce(' (' || gates.segment_code || ')', '') || ' fails. Found '
        || coalesce(cast(gates.observed as {{ dbt.type_string() }}), 'nothing')
        || ' against ' || coalesce(cast(gates.bound as {{ dbt.type_string() }}), 'nothing')
        || '; expected ' || gates.message || '. '
        || case
            when gates.gate like 'value_order%'
                then 'Customers of this place spend more than those of the place '
                || 'before: give both the same value_order, or change their rules'
            when gates.gate = 'rule_reached'
                then 'Place it before the rules that take its customers, or drop it'
            else 'Widen a rule, or add one for those who are left'
        end
        || ' in ' || case gates.segment_set
            when 'primary' then 'segmentation_segments'
            when 'value_tier' then 'segmentation_value_tiers'
            else 'segmentation_rules_' || gates.segment_set
        end || '.' as message
    from {{ ref('segments__gates') }} as gates
    cross join unchanged
    where
        gates.status = 'fail'
        and unchanged.release_count = {{ 0 if when_definitions_changed else 1 }}
{% endmacro %}
