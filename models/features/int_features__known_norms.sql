{%- set columns = ['as_of_date', 'norms_hash'] %}
{{ segmentation.known_config(columns) }}

with norms as (

    select
        as_of_date,
        {{ segmentation.row_hash(segmentation.norm_names()) }} as norms_hash
    from {{ ref('int_features__norms') }}

),

final as (

    {{ segmentation.known_rows('norms', columns) }}

)

select * from final
