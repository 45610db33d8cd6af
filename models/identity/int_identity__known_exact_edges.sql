{%- set columns = ['node_a', 'node_b', 'rule_code'] %}
{{ segmentation.known_config(columns) }}

with edges as (

    select
        node_a,
        node_b,
        rule_code
    from {{ ref('int_identity__edges') }}
    where is_exact

),

final as (

    {{ segmentation.known_rows('edges', columns) }}

)

select * from final
