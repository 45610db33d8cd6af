{% test codes_are_defined(model) %}

{#- Of memberships: the code of each set is one of its definitions. -#}
with members as (

    {% for set_name, column in segmentation.segment_sets().items() %}
    select
        '{{ set_name }}' as segment_set,
        {{ column }} as segment_code,
        count(*) as row_count
    from {{ segmentation.rows_to_test(model) }}
    group by {{ column }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select members.*
from members
left join {{ ref('segments__definitions') }} as definitions
    on
        members.segment_set = definitions.segment_set
        and members.segment_code = definitions.segment_code
where definitions.segment_code is null

{% endtest %}
