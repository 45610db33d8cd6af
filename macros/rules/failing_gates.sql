{% macro failing_gates(when_definitions_changed) %}
    {#-
        Failing gates, if the definitions differ from those that are served (an error
        then) or if they do not (drift of the data: a warning).
    -#}
    with served as (

        select
            count(
                case
                    when
                        releases.versions like '%{{ segmentation.definitions_hash() }}%'
                        then 1
                end
            ) as unchanged_count,
            max(releases.versions) as versions
        from {{ ref('measurement__releases') }} as releases
        inner join {{ ref('measurement__servings') }} as servings
            on releases.run_id = servings.run_id
        where servings.is_served

    ),

    -- Size and distinctness are faults of one segment, which another one's change does
    -- not answer for; before the first release there is nothing that they changed from.
    failing as (

        select
            gates.*,
            case
                when gates.gate not in ('size', 'distinctness')
                    then served.unchanged_count = 0
                else coalesce(
                    served.versions like '%each_definition%'
                    and served.versions not like
                    '%' || substring(definitions.definition_version, 1, 12) || '%',
                    false
                )
            end as is_changed
        from {{ ref('segments__gates') }} as gates
        cross join served
        left join {{ ref('segments__definitions') }} as definitions
            on
                gates.segment_set = definitions.segment_set
                and gates.segment_code = definitions.segment_code
        where gates.status = 'fail'

    )

    select
        {{ segmentation.gate_message() }} as message
    from failing as gates
    where {{ '' if when_definitions_changed else 'not ' }}gates.is_changed
{% endmacro %}


{% macro gate_message() %}
    {#- Of a row of `segments__gates`, called gates: found, expected, what to do. -#}
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
        when gates.gate = 'size' then 'Split it, or narrow its rule'
        when gates.gate = 'distinctness'
            then 'Merge it with its nearest neighbour, which segments__scorecard '
            || 'names, or change their rules'
        else 'Widen a rule, or add one for those who are left'
    end
    || ' in ' || case gates.segment_set
        when 'primary' then 'segmentation_segments'
        when 'value_tier' then 'segmentation_value_tiers'
        else 'segmentation_rules_' || gates.segment_set
    end || '.'
{% endmacro %}
