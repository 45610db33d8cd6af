{{ config(meta={'explains': true}) }}

with quarantined as (

    select
        entity,
        source_system,
        column_name,
        reason,
        count(*) as row_count,
        min(delivered_value) as example
    from {{ ref('input__quarantine') }}
    group by entity, source_system, column_name, reason

),

final as (

    select
        quarantined.entity || ' of source ' || quarantined.source_system || ': '
        || cast(quarantined.row_count as {{ dbt.type_string() }}) || ' of '
        || cast(delivered.row_count as {{ dbt.type_string() }})
        || ' rows are quarantined because ' || quarantined.column_name || ' is '
        || quarantined.reason
        || coalesce(
            ', for example '
            || {{ segmentation.quoted("nullif(quarantined.example, '')") }},
            ''
        )
        || '. At most {{ 100 * var("segmentation_quarantine_max_share") }}% may be: '
        || 'mend the source, or raise segmentation_quarantine_max_share. The rows are '
        || 'in input__quarantine.' as message
    from quarantined
    inner join {{ ref('int_input__batch_checks') }} as delivered
        on
            quarantined.entity = delivered.entity
            and quarantined.source_system = delivered.source_system
    where
        delivered.quarantined_count
        > {{ var('segmentation_quarantine_max_share') }} * delivered.row_count

)

select * from final
