{{ config(meta={'explains': true}) }}

{#- A withdrawal under a name that nobody looks for would be lost. -#}
{%- set text = dbt.type_string() %}
{%- set known = {
    'channel': var('segmentation_channels') | map(attribute='code') | list,
    'purpose': var('segmentation_purposes'),
} %}

{% for column, names in known.items() %}
select
    cast(count(*) as {{ text }}) || ' rows of ' || source_system
    || ' have the {{ column }} ' || {{ segmentation.quoted(column) }}
    || ', which is none of '
    || '{{ names | join(", ") }}'
    || '. Recode it in stg_' || source_system || '__consents, or add it to '
    || 'segmentation_{{ column }}s.' as message
from {{ ref('input__consents') }}
where
    {{ column }} not in (
        {% for name in names %}
        '{{ name }}'{{ ',' if not loop.last }}
        {% endfor %}
    )
group by source_system, {{ column }}
{{ 'union all' if not loop.last }}
{% endfor %}
