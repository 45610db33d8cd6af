{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

{%- set rows = [] %}
{%- for row in segmentation.served_columns() %}
{%- do rows.append([
    "'" ~ row.model ~ "'", "'" ~ row.column ~ "'", "'" ~ row.served_in ~ "'",
    "'" ~ row.readers ~ "'", 'true' if row.is_personal else 'false'
]) %}
{%- endfor %}
{#- Where nothing is served, there is still a row to tell the columns from. -#}
{%- do rows.append(['null', 'null', 'null', 'null', 'false']) %}

with listed as (

    {{ segmentation.listed_rows(
        ['model_name', 'column_name', 'served_in', 'readers', 'is_personal'], rows
    ) }}

),

final as (

    select
        cast(model_name as {{ text }}) as model_name,
        cast(column_name as {{ text }}) as column_name,
        cast(served_in as {{ text }}) as served_in,
        cast(nullif(readers, '') as {{ text }}) as readers,
        is_personal
    from listed
    where model_name is not null

)

select * from final
