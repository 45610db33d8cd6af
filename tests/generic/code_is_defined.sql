{% test code_is_defined(model, column_name, segment_set) %}

select
    members.{{ column_name }},
    count(*) as row_count
from {{ model }} as members
left join {{ ref('segments__definitions') }} as definitions
    on
        members.{{ column_name }} = definitions.segment_code
        and definitions.segment_set = '{{ segment_set }}'
where definitions.segment_code is null
group by members.{{ column_name }}

{% endtest %}
