{{ config(
    schema=segmentation.segmentation_schema('public'), contract={'enforced': true}
) }}

{%- set text = dbt.type_string() %}

{#- One list of values: a union of as many queries takes an engine longer to plan than
    all other tables of its layer. -#}
with listed (model_name, column_name, served_in, readers, is_personal) as (

    values
    {% for row in segmentation.served_columns() %}
    (
        '{{ row.model }}', '{{ row.column }}', '{{ row.served_in }}',
        '{{ row.readers }}', {{ 'true' if row.is_personal else 'false' }}
    ),
    {% endfor %}
    (null, null, null, null, false)

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
