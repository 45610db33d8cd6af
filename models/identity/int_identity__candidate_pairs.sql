{{ config(
    schema=segmentation.segmentation_schema('identity'),
    indexes=segmentation.server_indexes(['node_a', 'node_b'])
) }}

{%- set levels = segmentation.comparison_levels() %}

with records as (

    select
        compared.*,
        coalesce(shared_emails.sharing, 0) as email_sharing,
        coalesce(shared_phones.sharing, 0) as phone_sharing
    from {{ ref('int_identity__compared_records') }} as compared
    left join {{ ref('int_identity__shared_identifiers') }} as shared_emails
        on
            compared.email = shared_emails.identifier_key
            and shared_emails.identifier_type = 'email'
    left join {{ ref('int_identity__shared_identifiers') }} as shared_phones
        on
            compared.phone = shared_phones.identifier_key
            and shared_phones.identifier_type = 'phone'

),

pairs as (

    select distinct
        node_a,
        node_b
    from {{ ref('int_identity__block_pairs') }}

),

compared as (

    select
        {% for comparison, level in levels.items() %}
        {{ level }} as {{ comparison }},
        {% endfor %}
        pairs.node_a,
        pairs.node_b
    from pairs
    inner join records as one on pairs.node_a = one.record_number
    inner join records as two on pairs.node_b = two.record_number

),

final as (

    select
        node_a,
        node_b,
        {{ segmentation.pattern_code(levels) }} as pattern_code,
        {{ levels | join(',\n        ') }}
    from compared

)

select * from final
