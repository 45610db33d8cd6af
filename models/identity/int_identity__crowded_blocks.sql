{%- set columns = ['block_code', 'block_key'] %}
{{ segmentation.known_config(columns) }}

{%- set run = segmentation.run_to_continue() %}

-- depends_on: {{ ref('int_identity__changed_records') }}
with blocks as (

    select * from {{ ref('int_identity__blocks') }}

),

limits as (

    {% for block in segmentation.blocking_keys() if block.most %}
    select
        '{{ block.code }}' as block_code,
        {{ block.most }} as most_records
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

{% if run %}
-- All others have the records that they had.
asked as (

    select
        blocks.block_code,
        blocks.block_key
    from blocks
    inner join {{ ref('int_identity__changed_records') }} as changed
        on blocks.record_number = changed.record_number
    union distinct
    select
        block_code,
        block_key
    from {{ this }}
    where is_present

),
{% endif %}

crowded as (

    select
        blocks.block_code,
        blocks.block_key
    from blocks
    inner join limits on blocks.block_code = limits.block_code
    {% if run %}
    inner join asked
        on
            blocks.block_code = asked.block_code
            and blocks.block_key = asked.block_key
    {% endif %}
    group by blocks.block_code, blocks.block_key
    having count(*) > min(limits.most_records)

),

final as (

    {{ segmentation.known_rows('crowded', columns) }}

)

select * from final
