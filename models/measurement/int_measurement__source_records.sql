{{ segmentation.state_config('internal', touched='int_input__touched_records') }}

{%- set run = segmentation.run_to_continue() %}
{%- set aspects = segmentation.layer_aspects() | selectattr('rows', 'defined') | list %}
{%- set entities = segmentation.entity_names()
    | reject('in', segmentation.entities_without_customers()) | list %}

{% for entity in entities %}
select
    cast('{{ entity }}' as {{ dbt.type_string() }}) as entity,
    delivered.source_system,
    {% for aspect in aspects %}
    {%- set is_shown = segmentation.aspect_condition(aspect, entity) %}
    max(case when {{ is_shown }} then 1 else 0 end) as {{ aspect.name }},
    {% endfor %}
    delivered.source_customer_id
from {{ ref('input__' ~ entity) }} as delivered
{{ segmentation.only_touched('delivered', run) }}
group by delivered.source_system, delivered.source_customer_id
{% if not loop.last %}union all{% endif %}
{% endfor %}
