{{ config(meta={'explains': true}) }}

select
    case used_by
        when 'cluster' then 'Clusters of ' || segment_set || ' are found by '
        else 'The rule of ' || segment_code || ' in ' || segment_set || ' rests on '
    end
    || feature || coalesce(' ' || {{ segmentation.quoted('value_text') }}, '')
    || coalesce(' through ' || through_code || ' in ' || through_set, '')
    || ', which is sensitive (' || topic || '): ' || reason || ' Found '
    || coalesce(
        'an override that ended on ' || cast(until_date as {{ dbt.type_string() }}),
        'no override'
    )
    || '; expected one that holds on {{ segmentation.as_of_value() }}. Take it out of '
    || case
        when used_by = 'cluster' then 'macros/clusters/cluster_inputs.sql'
        when coalesce(through_set, segment_set) = 'primary' then 'segmentation_segments'
        else 'segmentation_rules_' || coalesce(through_set, segment_set)
    end
    || ', or have it decided and add to segmentation_sensitive_overrides: {feature: '
    || feature || ', topic: ' || topic || ', lawful_basis: ..., decided_by: ..., '
    || 'decided_at: ..., until: ...}.' as message
from {{ ref('int_segments__sensitive_uses') }}
-- Audiences that rest on such a thing are not sent, which fails nothing.
where not is_allowed and used_by <> 'audience'
