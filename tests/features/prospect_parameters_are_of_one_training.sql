{{ config(meta={'explains': true}) }}

{#- Of the data set in use: a project's own seeds of value need not know the others. -#}
with versions as (

    select
        version,
        min(seed_fingerprint) as first_fingerprint,
        max(seed_fingerprint) as last_fingerprint,
        min(feature_count) as feature_count,
        count(*) as row_count
    from {{ ref('prospect_parameters') }}
    where dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
    group by version

),

final as (

    select
        'The rows of version ' || versions.version || ' of '
        || {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        || ' in the seed prospect_parameters are '
        || cast(versions.row_count as {{ dbt.type_string() }}) || ' with fingerprint '
        || versions.first_fingerprint || '; expected '
        || cast(versions.feature_count as {{ dbt.type_string() }})
        || ' of one training, with the fingerprint '
        || coalesce(parameters.seed_fingerprint, 'none') || ' of value_parameters. '
        || 'Take all seeds of value from one commit, or run `segment train value '
        || '--dataset ' || {{ segmentation.rule_literal(var('segmentation_dataset')) }}
        || '`.' as message
    from versions
    left join {{ ref('value_parameters') }} as parameters
        on
            versions.version = parameters.version
            and parameters.dataset
            = {{ segmentation.rule_literal(var('segmentation_dataset')) }}
    where
        parameters.seed_fingerprint is null
        or versions.first_fingerprint <> parameters.seed_fingerprint
        or versions.last_fingerprint <> parameters.seed_fingerprint
        or versions.row_count <> versions.feature_count

)

select * from final
