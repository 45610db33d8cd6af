{%- set columns = ['contest', 'signature'] %}
{{ segmentation.known_config(columns) }}

{%- set text = dbt.type_string() %}

with evidence as (

    select
        node_a as node,
        'pair ' || cast(node_a as {{ text }})
        || ' ' || cast(node_b as {{ text }})
        || ' ' || cast(evidence as {{ text }}) as content
    from {{ ref('int_identity__contested_pairs') }}
    union all
    select
        node,
        identifier_type || ' ' || cast(node as {{ text }})
        || ' ' || cast(max_value_count as {{ text }})
        || ' ' || identifier_key as content
    from {{ ref('int_identity__crowded_values') }}

),

signed as (

    select
        contests.contest,
        -- Of other evidence it is another sum.
        sum({{ segmentation.hash_number(dbt.hash('evidence.content')) }}) as signature
    from evidence
    inner join {{ ref('int_identity__contests') }} as contests
        on evidence.node = contests.node
    group by contests.contest

),

final as (

    {{ segmentation.known_rows('signed', columns) }}

)

select * from final
