{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

with final as (

    {% for row in segmentation.served_columns() %}
    select
        cast('{{ row.model }}' as {{ text }}) as model_name,
        cast('{{ row.column }}' as {{ text }}) as column_name,
        cast('{{ row.served_in }}' as {{ text }}) as served_in,
        cast(nullif('{{ row.readers }}', '') as {{ text }}) as readers,
        {{ 'true' if row.is_personal else 'false' }} as is_personal
    union all
    {% endfor %}
    select
        cast(null as {{ text }}) as model_name,
        cast(null as {{ text }}) as column_name,
        cast(null as {{ text }}) as served_in,
        cast(null as {{ text }}) as readers,
        false as is_personal
    where 1 = 0

)

select * from final
