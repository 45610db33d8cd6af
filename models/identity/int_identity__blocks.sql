{{ segmentation.state_config(
    'identity', touched='int_identity__changed_records', state_key=['record_number']
) }}

{%- set run = segmentation.run_to_continue() %}

with records as (

    select compared.*
    from {{ ref('int_identity__compared_records') }} as compared
    {{ segmentation.only_touched('compared', run) }}

),

keys as (

    {% for block in segmentation.blocking_keys() %}
    select
        '{{ block.code }}' as block_code,
        {{ block.columns | join(" || '|' || ") }} as block_key,
        record_number
    from records
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

final as (

    select
        block_code,
        block_key,
        record_number
    from keys
    where block_key is not null

)

select * from final
