{{ config(meta={'explains': true}) }}

{#-
    Sources deliver their whole history: fewer rows than released means a loss. A source
    that is no longer mapped was taken out on purpose, and `known_at` hides rows.
-#}
with released as (

    select
        sources.entity,
        sources.source_system,
        sources.row_count
    from {{ ref('measurement__release_sources') }} as sources
    inner join {{ ref('measurement__servings') }} as servings
        on sources.run_id = servings.run_id
    where sources.row_count > 0 and servings.is_served

),

final as (

    select
        released.entity || ' of source ' || released.source_system || ': '
        || cast(
            delivered.row_count - delivered.duplicate_count as {{ dbt.type_string() }}
        )
        || ' rows now, ' || cast(released.row_count as {{ dbt.type_string() }})
        || ' in the last release. A source holds its whole history, so it must not '
        || 'shrink by more than '
        || '{{ 100 * var("segmentation_volume_drop_max_share") }}%: load it again, or '
        || 'accept the loss once with --vars '
        || {{ segmentation.quoted("'segmentation_volume_drop_max_share: 1'") }}
        || '.' as message
    from released
    inner join {{ ref('measurement__source_audit') }} as delivered
        on
            released.entity = delivered.entity
            and released.source_system = delivered.source_system
    where
        delivered.row_count - delivered.duplicate_count
        < (1 - {{ var('segmentation_volume_drop_max_share') }}) * released.row_count
        and {{ 'true' if segmentation.setting('known_at') is none else 'false' }}

)

select * from final
