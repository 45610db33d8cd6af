{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

with entities as (

    {% for entity in segmentation.entity_names() %}
    {%- set sources = segmentation.entity_sources(entity) or ['none'] %}
    {%- set last_entity = loop.last %}
    {%- set effect = segmentation.effect_when_missing(entity) %}
    {% for source_system in sources %}
    select
        cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
        cast('{{ source_system }}' as {{ dbt.type_string() }}) as source_system,
        {{ 'false' if source_system == 'none' else 'true' }} as is_mapped,
        cast({{ segmentation.rule_literal(effect) }} as {{ dbt.type_string() }})
            as effect_when_missing
    {% if not (last_entity and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

final as (

    select
        entities.entity,
        entities.source_system,
        entities.effect_when_missing,
        {% for name in [
            'row', 'kept', 'duplicate', 'corrected', 'excluded', 'quarantined'
        ] %}
        coalesce(checks.{{ name }}_count, 0) as {{ name }}_count,
        {% endfor %}
        entities.is_mapped,
        checks.first_event_date,
        checks.last_event_date
    from entities
    left join {{ ref('int_input__batch_checks') }} as checks
        on
            entities.entity = checks.entity
            and entities.source_system = checks.source_system

)

select * from final
