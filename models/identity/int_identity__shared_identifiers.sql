{{ config(schema=segmentation.segmentation_schema('identity')) }}

{%- set most_names = 40 %}

with names as (

    {% for identifier_type in ['email', 'phone'] %}
    select distinct
        '{{ identifier_type }}' as identifier_type,
        {{ identifier_type }} as identifier_key,
        first_name,
        last_name
    from {{ ref('int_identity__compared_records') }}
    where {{ identifier_type }} is not null and first_name is not null
    {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

-- Many different names need no comparison in pairs.
counted as (

    select
        names.*,
        count(*) over (partition by identifier_type, identifier_key) as name_count
    from names

),

final as (

    select distinct
        one.identifier_type,
        one.identifier_key
    from counted as one
    inner join counted as two
        on
            one.identifier_type = two.identifier_type
            and one.identifier_key = two.identifier_key
            and one.first_name < two.first_name
    where
        one.name_count <= {{ most_names }}
        and {{ segmentation.first_name_level() }} = 0
    union
    select distinct
        identifier_type,
        identifier_key
    from counted
    where name_count > {{ most_names }}

)

select * from final
