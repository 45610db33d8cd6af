{{ config(schema=segmentation.segmentation_schema('internal')) }}

with listed as (

    {% for rule in var('segmentation_exclude') if rule.get('source_customer_id') %}
    select
        cast({{ segmentation.rule_literal(rule.source_system) }} as {{ dbt.type_string() }}) as source_system,
        cast(
            {{ segmentation.rule_literal(rule.source_customer_id) }} as {{ dbt.type_string() }}
        ) as source_customer_id,
        cast({{ segmentation.rule_literal(rule.reason) }} as {{ dbt.type_string() }}) as reason
    union all
    {% endfor %}
    {% for rule in var('segmentation_exclude') if rule.get('email_like') %}
    {% for source_system in segmentation.entity_sources('customer_records') %}
    select
        cast(source_system as {{ dbt.type_string() }}) as source_system,
        trim(cast(source_customer_id as {{ dbt.type_string() }})) as source_customer_id,
        cast({{ segmentation.rule_literal(rule.reason) }} as {{ dbt.type_string() }}) as reason
    from {{ ref('stg_' ~ source_system ~ '__customer_records') }}
    where lower(trim(email)) like {{ segmentation.rule_literal(rule.email_like | lower) }}
    union all
    {% endfor %}
    {% for source_system in segmentation.entity_sources('identifiers') %}
    select
        cast(source_system as {{ dbt.type_string() }}) as source_system,
        trim(cast(source_customer_id as {{ dbt.type_string() }})) as source_customer_id,
        cast({{ segmentation.rule_literal(rule.reason) }} as {{ dbt.type_string() }})
            as reason
    from {{ ref('stg_' ~ source_system ~ '__identifiers') }}
    where
        lower(trim(identifier_type)) = 'email'
        and lower(trim(identifier_value))
        like {{ segmentation.rule_literal(rule.email_like | lower) }}
    union all
    {% endfor %}
    {% endfor %}
    select
        cast(null as {{ dbt.type_string() }}) as source_system,
        cast(null as {{ dbt.type_string() }}) as source_customer_id,
        cast(null as {{ dbt.type_string() }}) as reason
    where 1 = 0

),

final as (

    select
        source_system,
        source_customer_id,
        min(reason) as reason
    from listed
    group by source_system, source_customer_id

)

select * from final
