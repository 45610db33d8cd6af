{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set leading = segmentation.source_families().values() | list %}
{%- set anonymous = segmentation.entities_without_customers() %}

with entities as (

    {% for entity in segmentation.entity_names() %}
    {%- set family = segmentation.entity_family(entity) %}
    {%- set sources = segmentation.entity_sources(entity) or ['none'] %}
    {%- set last_entity = loop.last %}
    {%- set effect = segmentation.effect_when_missing(entity) %}
    {% for source_system in sources %}
    select
        cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
        cast('{{ source_system }}' as {{ dbt.type_string() }}) as source_system,
        cast('{{ family }}' as {{ dbt.type_string() }}) as family,
        {{ 'false' if source_system == 'none' else 'true' }} as is_mapped,
        {{ 'true' if entity in leading else 'false' }} as is_leading,
        {{ 'false' if entity in anonymous else 'true' }} as names_customers,
        cast({{ segmentation.rule_literal(effect) }} as {{ dbt.type_string() }})
            as effect_when_missing
    {% if not (last_entity and loop.last) %}union all{% endif %}
    {% endfor %}
    {% endfor %}

),

population as (

    select cast(count(*) as bigint) as identified_customer_count
    from {{ ref('features__customers') }}
    where as_of_date = {{ segmentation.as_of_date() }}

),

customers as (

    select
        entity,
        source_system,
        cast(count(*) as bigint) as customer_count
    from {{ ref('int_measurement__source_customers') }}
    group by entity, source_system

),

-- What was bought must say from whom and under which licence.
enrichments as (

    select
        source_system,
        cast(count(*) as bigint) as enrichment_count,
        cast(
            sum(case when provider is null or licence is null then 1 else 0 end)
            as bigint
        ) as unlicensed_count
    from {{ ref('input__customer_attributes') }}
    where lower(attribute_group) = 'enrichment'
    group by source_system

),

final as (

    select
        entities.entity,
        entities.source_system,
        entities.family,
        entities.effect_when_missing,
        checks.problem_column,
        checks.problem_reason,
        {% for name in [
            'row', 'kept', 'duplicate', 'corrected', 'excluded', 'quarantined',
            'erased', 'used', 'key_problem', 'dated', 'event_day'
        ] %}
        coalesce(checks.{{ name }}_count, 0) as {{ name }}_count,
        {% endfor %}
        identifiers.record_count,
        identifiers.identifying_record_count,
        identifiers.usable_record_count,
        -- Null for entities whose rows name no customer.
        case
            when entities.names_customers then coalesce(customers.customer_count, 0)
        end as customer_count,
        population.identified_customer_count,
        enrichments.enrichment_count,
        enrichments.unlicensed_count,
        checks.longest_gap_days,
        {{ segmentation.days_between(
            'checks.last_event_date', segmentation.as_of_date()
        ) }} as days_behind,
        entities.is_mapped,
        entities.is_leading,
        checks.first_event_date,
        checks.last_event_date
    from entities
    cross join population
    left join {{ ref('int_input__batch_checks') }} as checks
        on
            entities.entity = checks.entity
            and entities.source_system = checks.source_system
    left join {{ ref('int_measurement__record_identifiers') }} as identifiers
        on
            entities.entity = identifiers.entity
            and entities.source_system = identifiers.source_system
    left join customers
        on
            entities.entity = customers.entity
            and entities.source_system = customers.source_system
    left join enrichments
        on
            entities.entity = 'customer_attributes'
            and entities.source_system = enrichments.source_system

)

select * from final
