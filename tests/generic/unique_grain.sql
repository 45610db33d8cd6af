{% test unique_grain(model, columns) %}

select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
{{ segmentation.only_changed_keys(model) }}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
