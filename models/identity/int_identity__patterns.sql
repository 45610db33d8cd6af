{{ config(
    materialized='view', schema=segmentation.segmentation_schema('internal')
) }}

{%- set levels = segmentation.comparison_levels() %}
{%- set comparisons = levels.keys() | list %}
{#- Random pairs: some records, each with partners a fixed stride apart. -#}
{%- set sampled_records = 5000 %}
{%- set partners = 40 %}

with candidates as (

    select * from {{ ref('int_identity__candidate_pairs') }}

),

-- A shared value is known from many records, so random pairs need not show it.
records as (

    select
        compared.*,
        row_number() over (order by record_number) as place,
        count(*) over () as record_count,
        0 as email_sharing,
        0 as phone_sharing
    from {{ ref('int_identity__compared_records') }} as compared

),

numbers as (

    {% for number in range(partners) %}
    select {{ number }} as partner{{ ' union all' if not loop.last }}
    {% endfor %}

),

drawn as (

    select
        records.place as place_a,
        1 + mod(
            mod(
                records.place * 48271
                + (numbers.partner + 1) * cast(1013904223 as bigint),
                2147483647
            ),
            records.record_count
        ) as place_b
    from records
    cross join numbers
    -- Spread over all records.
    where
        mod(records.place * {{ sampled_records }}, records.record_count)
        < {{ sampled_records }}

),

random_pairs as (

    select
        {% for comparison, level in levels.items() %}
        {{ level }} as {{ comparison }},
        {% endfor %}
        drawn.place_a,
        drawn.place_b
    from drawn
    inner join records as one on drawn.place_a = one.place
    inner join records as two on drawn.place_b = two.place
    where drawn.place_a <> drawn.place_b

),

block_pairs as (

    select * from {{ ref('int_identity__block_pairs') }}

),

counted as (

    {% for block in segmentation.blocking_keys() %}
    select
        '{{ block.code }}' as block_code,
        {% for comparison in comparisons %}
        {% if comparison in block.fixes %}
        cast(null as integer) as {{ comparison }},
        {% else %}
        candidates.{{ comparison }},
        {% endif %}
        {% endfor %}
        cast(count(*) as bigint) as pair_count
    from block_pairs
    inner join candidates
        on
            block_pairs.node_a = candidates.node_a
            and block_pairs.node_b = candidates.node_b
    where block_pairs.block_code = '{{ block.code }}'
    group by
        candidates.{{ comparisons | reject('in', block.fixes)
            | join(',\n        candidates.') }}
    union all
    {% endfor %}
    select
        'candidates' as block_code,
        {{ comparisons | join(',\n        ') }},
        cast(count(*) as bigint) as pair_count
    from candidates
    group by
        {{ comparisons | join(',\n        ') }}
    union all
    select
        'random' as block_code,
        {{ comparisons | join(',\n        ') }},
        cast(count(*) as bigint) as pair_count
    from random_pairs
    group by
        {{ comparisons | join(',\n        ') }}
    union all
    select
        'all' as block_code,
        {% for comparison in comparisons %}
        cast(null as integer) as {{ comparison }},
        {% endfor %}
        cast(coalesce(max(record_count * (record_count - 1) / 2), 0) as bigint)
            as pair_count
    from records

),

final as (

    select * from counted

)

select * from final
