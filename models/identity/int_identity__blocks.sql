{{ config(schema=segmentation.segmentation_schema('identity')) }}

with records as (

    select * from {{ ref('int_identity__compared_records') }}

),

keys as (

    {% for block in segmentation.blocking_keys() %}
    select
        '{{ block.code }}' as block_code,
        {{ block.columns | join(" || '|' || ") }} as block_key,
        record_number,
        {{ block.most or 'cast(null as integer)' }} as most_records
    from records
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        block_code,
        block_key,
        record_number,
        most_records,
        count(*) over (partition by block_code, block_key) as record_count
    from keys
    where block_key is not null

),

final as (

    select
        block_code,
        block_key,
        record_number
    from counted
    where record_count between 2 and coalesce(most_records, record_count)

)

select * from final
