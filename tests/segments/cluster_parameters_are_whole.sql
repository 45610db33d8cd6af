{{ config(meta={'explains': true}) }}

{#- The sum that training wrote, over the rows as they are: fingerprint() in Python. -#}
{%- set texts = [] -%}
{%- for name in [
    'dataset', 'set_name', 'version', 'trained_through', 'cluster_id', 'feature'
] -%}
    {%- do texts.append('cast(' ~ name ~ ' as ' ~ dbt.type_string() ~ ')') -%}
{%- endfor -%}
{%- for name in [
    'lower_bound', 'upper_bound', 'mean', 'scale', 'weight', 'centroid'
] -%}
    {%- do texts.append(
        'cast(cast(cast(' ~ name ~ ' as numeric(28, 9)) * 1000000000 as bigint) as '
        ~ dbt.type_string() ~ ')'
    ) -%}
{%- endfor %}

with hashed as (

    select
        dataset,
        set_name,
        version,
        fingerprint,
        {{ dbt.hash(texts | join(" || '|' || ")) }} as row_hash
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
