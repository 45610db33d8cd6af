{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set comparisons = segmentation.comparison_levels().keys() | list %}

with patterns as (

    select distinct pattern_code from {{ ref('int_identity__candidate_pairs') }}

),

-- One character per comparison.
levels as (

    {% for comparison in comparisons %}
    select
        pattern_code,
        '{{ comparison }}' as comparison,
        nullif(substring(pattern_code, {{ loop.index }}, 1), '-') as level
    from patterns
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        pattern_code,
        comparison,
        cast(level as integer) as level
    from levels
    where level is not null

)

select * from final
