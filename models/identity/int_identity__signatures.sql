{{ config(
    materialized='state',
    schema=segmentation.segmentation_schema('internal'),
    meta={'state_key': ['customer_id']}
) }}

{%- set run = segmentation.run_to_continue() %}

with signatures as (

    select
        customer_id,
        cast(count(*) as bigint) as record_count,
        -- Of other records it is another sum.
        sum({{ segmentation.hash_number('own_customer_id') }}) as signature
    from {{ ref('identity__customer_map') }}
    group by customer_id

),

final as (

    {% if run %}
    select
        coalesce(signatures.customer_id, known.customer_id) as customer_id,
        signatures.record_count,
        signatures.signature,
        cast({{ run.number }} as bigint) as changed_in_run
    from signatures
    full outer join {{ this }} as known
        on signatures.customer_id = known.customer_id
    where
        coalesce(signatures.record_count, 0) <> coalesce(known.record_count, 0)
        or coalesce(signatures.signature, 0) <> coalesce(known.signature, 0)
    {% else %}
    select
        customer_id,
        record_count,
        signature,
        cast({{ segmentation.run_number() }} as bigint) as changed_in_run
    from signatures
    {% endif %}

)

select * from final
