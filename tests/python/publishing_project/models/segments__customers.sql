select
    spend,
    customer_id,
    tag,
    'it''s' as note
from {{ ref('features__values') }}

{% if env_var('TOY_NEWCOMER', '') %}
union all

select
    5 as spend,
    '{{ env_var("TOY_NEWCOMER") }}' as customer_id,
    'regular' as tag,
    'new' as note
{% endif %}
