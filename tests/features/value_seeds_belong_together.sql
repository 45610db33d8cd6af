{{ config(meta={'explains': true}) }}

{#- Nodes of one training with parameters of another give wrong values in silence. -#}
with nodes as (

    select
        dataset,
        version,
        seed_fingerprint,
        count(*) as node_count
    from {{ ref('value_nodes') }}
    group by dataset, version, seed_fingerprint

),

final as (

    select
        'value_parameters and value_nodes are not of one training: version '
        || coalesce(parameters.version, nodes.version) || ' of '
        || coalesce(parameters.dataset, nodes.dataset) || ' has fingerprint '
        || coalesce(parameters.seed_fingerprint, 'none') || ' with '
        || cast(coalesce(parameters.node_count, 0) as {{ dbt.type_string() }})
        || ' nodes there and ' || coalesce(nodes.seed_fingerprint, 'none') || ' with '
        || cast(coalesce(nodes.node_count, 0) as {{ dbt.type_string() }})
        || ' here; expected the same. Take both files of one commit, or run '
        || '`segment train value --dataset '
        || coalesce(parameters.dataset, nodes.dataset) || '`.' as message
    from {{ ref('value_parameters') }} as parameters
    full outer join nodes
        on
            parameters.dataset = nodes.dataset
            and parameters.version = nodes.version
    where
        parameters.seed_fingerprint is null
        or nodes.seed_fingerprint is null
        or parameters.seed_fingerprint <> nodes.seed_fingerprint
        or parameters.node_count <> nodes.node_count

)

select * from final
