{{ config(schema=segmentation.segmentation_schema('internal')) }}

with frequencies as (

    select distinct gap_count as frequency
    from {{ ref('int_features__purchase_sums') }}

),

versions as (

    select distinct
        version,
        first_exit
    from {{ ref('int_features__value_versions') }}

),

log_masses as (

    select
        nodes.version,
        frequencies.frequency,
        nodes.node_number,
        nodes.place,
        nodes.log_weight
        + (frequencies.frequency + versions.first_exit) * nodes.log_remainder
            as log_mass
    from {{ ref('value_nodes') }} as nodes
    inner join versions
        on nodes.version = versions.version
    cross join frequencies
    where
        nodes.dataset = {{ segmentation.rule_literal(var('segmentation_dataset')) }}

),

largest as (

    select
        version,
        frequency,
        max(log_mass) as log_mass
    from log_masses
    group by version, frequency

),

masses as (

    select
        log_masses.version,
        log_masses.frequency,
        log_masses.node_number,
        log_masses.place,
        {{ segmentation.exp_floored('log_masses.log_mass - largest.log_mass') }} as mass
    from log_masses
    inner join largest
        on
            log_masses.version = largest.version
            and log_masses.frequency = largest.frequency

),

-- Sums of integers are exact in any order; of floating numbers they are not.
totals as (

    select
        version,
        frequency,
        cast(sum(cast(mass * 1e16 as bigint)) as double precision) / 1e16 as mass
    from masses
    group by version, frequency

),

final as (

    select
        masses.version,
        masses.frequency,
        masses.node_number,
        masses.place,
        masses.mass / totals.mass as weight
    from masses
    inner join totals
        on
            masses.version = totals.version
            and masses.frequency = totals.frequency

)

select * from final
