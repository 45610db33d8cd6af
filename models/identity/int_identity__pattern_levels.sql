{{ config(schema=segmentation.segmentation_schema('internal')) }}

{%- set comparisons = segmentation.comparison_levels().keys() | list %}

with patterns as (

    select
        {% for comparison in comparisons %}
        max({{ comparison }}) as {{ comparison }},
        {% endfor %}
        pattern_code
    from {{ ref('int_identity__candidate_pairs') }}
    group by pattern_code

),

final as (

    {% for comparison in comparisons %}
    select
        pattern_code,
        '{{ comparison }}' as comparison,
        {{ comparison }} as level
    from patterns
    where {{ comparison }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select * from final
