{%- set columns = ['identifier_type', 'identifier_key', 'sharing'] %}
{{ segmentation.known_config(columns) }}

with final as (

    {{ segmentation.known_rows(ref('int_identity__shared_identifiers'), columns) }}

)

select * from final
