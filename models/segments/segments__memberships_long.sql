{{ segmentation.panel_view_config('public') }}
{{ config(contract={'enforced': true}) }}

{% for set_name, column in segmentation.segment_sets().items() %}
select
    customer_id,
    as_of_date,
    cast('{{ set_name }}' as {{ dbt.type_string() }}) as segment_set,
    {{ column }} as segment_code
from {{ ref('segments__memberships') }}
{% if not loop.last %}union all{% endif %}
{% endfor %}
