{{ config(schema=segmentation.segmentation_schema('internal')) }}

with changed as (

    select record_number
    from {{ ref('int_identity__changed_records') }}
    union distinct
    select blocks.record_number
    from {{ ref('int_identity__blocks') }} as blocks
    inner join {{ ref('int_identity__crowded_blocks') }} as crowded
        on
            blocks.block_code = crowded.block_code
            and blocks.block_key = crowded.block_key
    where {{ segmentation.changed_now() }}
    {% for identifier_type in segmentation.identifier_kinds() %}
    union distinct
    select compared.record_number
    from {{ ref('int_identity__compared_records') }} as compared
    inner join {{ ref('int_identity__known_shares') }} as shares
        on
            compared.{{ identifier_type }} = shares.identifier_key
            and shares.identifier_type = '{{ identifier_type }}'
    where shares.{{ segmentation.changed_now() }}
    {% endfor %}

)

select * from changed
