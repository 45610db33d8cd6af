{{ config(meta={'explains': true}) }}

{#- The sum that training wrote, over the rows as they are: fingerprint() in Python. -#}
with hashed as (

    select
        dataset,
        set_name,
        version,
        fingerprint,
        {{ dbt.hash(segmentation.cluster_row_text()) }} as row_hash
    from {{ ref('cluster_parameters') }}

),

summed as (

    select
        dataset,
        set_name,
        version,
        count(distinct fingerprint) as fingerprint_count,
        max(fingerprint) as fingerprint,
        cast(
            sum(cast({{ segmentation.hash_number('row_hash') }} as numeric(38, 0)))
            as {{ dbt.type_string() }}
        ) as found
    from hashed
    group by dataset, set_name, version

)

select
    'The clusters of ' || set_name || ' ' || version || ' of ' || dataset
    || ' in the seed cluster_parameters are not the rows of one training: take the '
    || 'seed from one commit, or run segment train clusters again.' as message
from summed
where fingerprint_count <> 1 or fingerprint <> found
