{% test unique_grain(model, columns, only_at_as_of=false) %}

{#- Of what grows with every release, only what was said of the as-of date is tested. -#}
select
    {{ columns | join(', ') }},
    count(*) as row_count
from {{ model }}
{% if only_at_as_of -%}
where as_of_date = {{ segmentation.as_of_date() }}
{%- else -%}
{{ segmentation.only_changed_keys(model) }}
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1

{% endtest %}
