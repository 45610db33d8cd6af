{{ config(meta={'explains': true}) }}

{#- Sources deliver their whole history: fewer rows than released means a loss. -#}
with releases as (

    select
        run_id,
        row_number() over (order by released_at desc, run_id desc) as recency_rank
    from {{ ref('measurement__releases') }}

),

released as (

    select
        sources.entity,
        sources.source_system,
        sources.row_count
    from {{ ref('measurement__release_sources') }} as sources
    inner join releases
        on sources.run_id = releases.run_id
    where sources.row_count > 0 and releases.recency_rank = 1

),

final as (

    select
        released.entity || ' of source ' || released.source_system || ': '
        || cast(coalesce(delivered.row_count, 0) as {{ dbt.type_string() }})
        || ' rows now, ' || cast(released.row_count as {{ dbt.type_string() }})
        || ' in the last release. A source holds its whole history, so it must not '
        || 'shrink by more than '
        || '{{ 100 * var("segmentation_volume_drop_max_share") }}%: load it again, or '
        || 'accept the loss once with --vars '
        || '''segmentation_volume_drop_max_share: 1''.' as message
    from released
    left join {{ ref('int_input__batch_checks') }} as delivered
        on
            released.entity = delivered.entity
            and released.source_system = delivered.source_system
    where
        coalesce(delivered.row_count, 0)
        < (1 - {{ var('segmentation_volume_drop_max_share') }}) * released.row_count

)

select * from final
