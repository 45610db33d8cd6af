{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set spend = 'spend of the last 90 days in the top' -%}
{%- set expected = 'expected value of the next twelve months in the top' -%}
{%- set combined = 'combined spend of 90 days in the top' -%}

with declared as (

    {% for row in segmentation.all_definitions() %}
    select
        cast('{{ row.set }}' as {{ dbt.type_string() }}) as segment_set,
        cast('{{ row.code }}' as {{ dbt.type_string() }}) as segment_code,
        cast({{ row.priority }} as bigint) as priority,
        cast(
            {{ row.value_order if row.value_order is not none else 'null' }} as bigint
        ) as value_order,
        cast({{ segmentation.rule_literal(row.text) }} as {{ dbt.type_string() }})
            as rule_text,
        cast('{{ row.origin }}' as {{ dbt.type_string() }}) as origin,
        {{ segmentation.text_literal(
            segmentation.neutral_code(row.code) if row.set == 'primary' else none
        ) }} as neutral_code,
        cast(
            '{{ segmentation.definition_version(row) }}'
            as {{ dbt.type_string() }}
        ) as definition_version
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Codes of clusters stand in seeds; a reserved code has the version of these.
clusters as (

    select distinct
        labels.set_name as segment_set,
        labels.segment_code,
        labels.segment_label,
        labels.cluster_id,
        declared.definition_version
    from {{ ref('cluster_labels') }} as labels
    inner join {{ ref('cluster_parameters') }} as parameters
        on
            labels.dataset = parameters.dataset
            and labels.set_name = parameters.set_name
            and labels.cluster_id = parameters.cluster_id
    inner join declared
        on
            labels.set_name = declared.segment_set
            and declared.segment_code = 'not_observed'
    where
        labels.dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

tiers as (

    select tier_measure
    from {{ ref('int_features__value_versions') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

named as (

    select
        declared.segment_set,
        declared.segment_code,
        coalesce(playbook.segment_label, declared.segment_code) as segment_label,
        -- What the tiers cut was decided when value was trained.
        case
            when tiers.tier_measure = 'expected_value'
                then replace(declared.rule_text, '{{ spend }}', '{{ expected }}')
            when tiers.tier_measure = 'combined_spend'
                then replace(declared.rule_text, '{{ spend }}', '{{ combined }}')
            else declared.rule_text
        end as rule_text,
        declared.origin,
        declared.definition_version,
        declared.neutral_code,
        declared.priority,
        declared.value_order
    from declared
    left join {{ ref('segment_playbook') }} as playbook
        on
            declared.segment_set = playbook.segment_set
            and declared.segment_code = playbook.segment_code
    left join tiers
        on declared.segment_set = 'value_tier'
    union all
    select
        segment_set,
        segment_code,
        segment_label,
        cast(
            'nearest of the clusters of the set: ' || lower(segment_label)
            as {{ dbt.type_string() }}
        ) as rule_text,
        cast('cluster' as {{ dbt.type_string() }}) as origin,
        definition_version,
        {{ segmentation.text_literal(none) }} as neutral_code,
        5000 + cluster_id as priority,
        cast(null as bigint) as value_order
    from clusters

),

sensitive_topics as (

    select distinct
        segment_set,
        segment_code,
        topic || coalesce(
            ': ' || lawful_basis || ', decided by ' || decided_by || ' on '
            || cast(decided_date as {{ dbt.type_string() }}) || ', until '
            || cast(until_date as {{ dbt.type_string() }}),
            ''
        ) as basis_text
    from {{ ref('int_segments__sensitive_uses') }}
    where segment_code is not null

),

sensitive as (

    select
        segment_set,
        segment_code,
        {{ dbt.listagg(
            'basis_text', "'; '", 'order by ' ~ segmentation.binary_order('basis_text')
        ) }} as sensitive_basis
    from sensitive_topics
    group by segment_set, segment_code

),

final as (

    select
        named.segment_set,
        named.segment_code,
        named.segment_label,
        named.rule_text,
        named.origin,
        named.definition_version,
        cast(sensitive.sensitive_basis as {{ dbt.type_string() }}) as sensitive_basis,
        named.neutral_code,
        named.priority,
        named.value_order,
        sensitive.segment_code is not null as is_sensitive
    from named
    left join sensitive
        on
            named.segment_set = sensitive.segment_set
            and named.segment_code = sensitive.segment_code

)

select * from final
