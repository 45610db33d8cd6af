{{ segmentation.state_config(
    'identity', touched='int_identity__recompared_records', state_key=['record_number'],
    state_ends=['node_a', 'node_b']
) }}
{{ config(
    indexes=segmentation.server_indexes(['node_a', 'node_b'])
) }}

{%- set run = segmentation.run_to_continue() %}
{%- if not execute %}
{%- do ref('int_identity__blocks') %}{% do ref('int_identity__crowded_blocks') %}
{%- endif %}
{%- set levels = segmentation.comparison_levels() %}
{%- set is_identifier = "block_code in ('email', 'phone', 'national_id')" %}

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

{% if run %}
touched_blocks as (

    select blocks.*
    from {{ ref('int_identity__blocks') }} as blocks
    inner join {{ ref('int_identity__recompared_records') }} as touched
        on blocks.record_number = touched.record_number
    left join {{ ref('int_identity__crowded_blocks') }} as crowded
        on
            blocks.block_code = crowded.block_code
            and blocks.block_key = crowded.block_key
            and crowded.is_present
    where crowded.block_key is null

),

-- As int_identity__block_pairs, which would join all records with all.
block_pairs as (

    select
        one.block_code,
        least(one.record_number, two.record_number) as node_a,
        greatest(one.record_number, two.record_number) as node_b
    from touched_blocks as one
    inner join {{ ref('int_identity__blocks') }} as two
        on
            one.block_code = two.block_code
            and one.block_key = two.block_key
            and one.record_number <> two.record_number

),
{% else %}
block_pairs as (

    select * from {{ ref('int_identity__block_pairs') }}

),
{% endif %}

pairs as (

    select
        node_a,
        node_b,
        max(case when {{ is_identifier }} then 1 else 0 end) as by_identifier,
        max(case when {{ is_identifier }} then 0 else 1 end) as by_description
    from block_pairs
    group by node_a, node_b

),

compared as (

    select
        {% for comparison, level in levels.items() %}
        {{ level }} as {{ comparison }},
        {% endfor %}
        pairs.*
    from pairs
    inner join records as one on pairs.node_a = one.record_number
    inner join records as two on pairs.node_b = two.record_number

),

final as (

    select
        node_a,
        node_b,
        {{ segmentation.pattern_code(levels) }} as pattern_code,
        {{ levels | join(',\n        ') }},
        by_identifier,
        by_description
    from compared

)

select * from final
