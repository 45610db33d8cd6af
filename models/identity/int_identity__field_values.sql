{{ segmentation.state_config(
    'identity', touched='int_identity__touched_customers', state_key=['customer_id']
) }}

{%- set run = segmentation.run_to_continue() %}

with records as (

    select
        map.customer_id,
        current_records.*
    from {{ ref('int_identity__current_records') }} as current_records
    inner join {{ ref('identity__customer_map') }} as map
        on
            current_records.source_system = map.source_system
            and current_records.source_customer_id = map.source_customer_id
    {{ segmentation.only_touched('map', run) }}

),

stated as (

    {% for field in segmentation.survivorship_fields() %}
    select
        customer_id,
        '{{ field }}' as field,
        source_system,
        source_customer_id,
        {{ field }} as value,
        {% if field == 'phone' %}
        {{ segmentation.digits_only(field) }} as value_key,
        {% else %}
        {{ segmentation.spelling_key(field) }} as value_key,
        {% endif %}
        {% if field == 'address' %}
        case when street_address is null then 0 else 1 end
        + case when city is null then 0 else 1 end
        + case when postal_code is null then 0 else 1 end as filled_part_count,
        {% else %}
        1 as filled_part_count,
        {% endif %}
        stated_at
    from records
    where {{ field }} is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

patterns as (

    select
        identifier_type as field,
        value_pattern,
        reason
    from {{ ref('blocked_identifiers') }}
    union all
    select
        field,
        lower(argument) as value_pattern,
        'never a value' as reason
    from {{ ref('survivorship') }}
    where rule = 'never'

),

blocked as (

    select
        stated.field,
        stated.value_key,
        min({{ segmentation.binary_order('patterns.reason') }}) as reason
    from stated
    inner join patterns
        on
            stated.field = patterns.field
            and stated.value_key like patterns.value_pattern
    group by stated.field, stated.value_key

),

final as (

    select
        stated.customer_id,
        stated.field,
        stated.source_system,
        stated.source_customer_id,
        stated.value,
        stated.value_key,
        case
            when stated.field = 'email' and stated.value_key not like '%_@_%._%'
                then 'not a valid value'
            when stated.field = 'phone' and length(stated.value_key) < 7
                then 'not a valid value'
            else blocked.reason
        end as block_reason,
        stated.filled_part_count,
        stated.stated_at
    from stated
    left join blocked
        on
            stated.field = blocked.field
            and stated.value_key = blocked.value_key

)

select * from final
