{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

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
        cast(
            '{{ segmentation.definition_version(row) }}'
            as {{ dbt.type_string() }}
        ) as definition_version
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        declared.segment_set,
        declared.segment_code,
        coalesce(playbook.segment_label, declared.segment_code) as segment_label,
        declared.rule_text,
        declared.origin,
        declared.definition_version,
        declared.priority,
        declared.value_order
    from declared
    left join {{ ref('segment_playbook') }} as playbook
        on
            declared.segment_set = playbook.segment_set
            and declared.segment_code = playbook.segment_code

)

select * from final
